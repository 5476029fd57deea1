import type { Place, ProbeObservation } from '../model/observation.ts';
import { plainText } from './plain.ts';

/** A datagram or body of this size passes every link (the smallest probe); above it the size is worth saying. */
const SMALL_BYTES = 64;

function address({ ip, port }: Place): string {
  if (ip === undefined) return port === undefined ? '' : `:${port}`;
  const host = ip.includes(':') && port !== undefined ? `[${ip}]` : ip;
  return port === undefined ? host : `${host}:${port}`;
}

/**
 * One end: who it is, and its address in brackets: `k3s-worker-02 (10.42.2.2:8080)`, `k3s-worker-02, host network
 * (10.0.0.111)`.
 */
export function placeText(place: Place): string {
  const { network, node, name, pod } = place;
  const where =
    node === undefined
      ? undefined
      : network === 'ssh'
        ? `${node} by SSH`
        : network === 'host' && name === undefined
          ? `${node}, host network`
          : node;
  const who =
    [name === pod ? undefined : name, where].filter(Boolean).join(' on ') ||
    (network === 'runner' ? 'the runner' : pod);
  const at = address(place);
  if (!who) return at || 'somewhere unknown';
  return at ? `${who} (${at})` : who;
}

/** What was asked beyond "reach it": a size, a name, a path. */
function detail(probe: ProbeObservation): string {
  switch (probe.kind) {
    case 'dns':
    case 'resolve':
      return ` [${probe.asked.recordType} ${probe.asked.name} ${probe.asked.protocol}]`;
    case 'http':
      return ` [${probe.asked.path}]`;
    case 'payload':
    case 'udp-echo':
      return probe.asked.payloadBytes > SMALL_BYTES ? ` [${probe.asked.payloadBytes} bytes]` : '';
    case 'tcp':
    case 'burst':
      return '';
  }
}

/** A reason in one line; of a page that a proxy answered with, its title is what there is to know. */
function inOneLine(reason: string): string {
  const [before, title] = [/^[^<]*/.exec(reason)?.[0].trim(), /<title>([^<]*)<\/title>/i.exec(reason)?.[1]?.trim()];
  return (/<html/i.test(reason) ? [before, title].filter(Boolean).join(' ') : reason).replaceAll(/\s+/g, ' ');
}

/** One probe in a line: `k3s-worker-01 (10.42.1.2) → k3s-worker-02 (10.42.2.2:8080): timeout after 2000 ms`. */
export function pairLine(observation: ProbeObservation): string {
  const { source, destination, reason, errorKind, verdict } = observation;
  const outcome = verdict === 'pass' ? 'passed' : inOneLine(reason ?? errorKind ?? 'no reason was given');
  return plainText(`${placeText(source)} → ${placeText(destination)}${detail(observation)}: ${outcome}`);
}
