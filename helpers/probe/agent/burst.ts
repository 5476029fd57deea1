import type { Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BurstSpec } from '../protocol.ts';
import { countKinds, roundMs, type Outcome } from './attempts.ts';
import { connectDatagrams, sendDatagram } from './datagram-socket.ts';
import { ProbeFailure, toFailure } from './failure.ts';
import { plainPayload, vxlanPayload } from './vxlan-frame.ts';

/** An ICMP error for the last datagrams needs a moment to come back. */
const ICMP_WAIT_MS = 20;

/**
 * Sends `count` datagrams from a socket of its own. `got.sent` counts those that the system accepted; `got.sendErrors`
 * counts refusals and later ICMP errors by kind: `prohibited` is a drop by this node's own netfilter, `refused` a port
 * without a socket at the far end. Only the receiver's counters show whether any arrived.
 */
export async function burst(spec: BurstSpec, session: AbortSignal): Promise<Outcome> {
  const { host, port, vni, count, payloadBytes, shape, innerMac, intervalMs, timeoutMs } = spec;
  const failures: ProbeFailure[] = [];
  const startedAt = performance.now();
  let sent = 0;
  let socket: Socket | undefined;
  let datagram: Buffer = Buffer.alloc(0);
  try {
    datagram = shape === 'vxlan' ? vxlanPayload(vni, payloadBytes, innerMac) : plainPayload(payloadBytes);
    socket = await connectDatagrams(host, port);
    socket.on('error', (error) => failures.push(toFailure(error)));
    for (let index = 0; index < count && !session.aborted; index += 1) {
      if (index > 0 && intervalMs) await sleep(intervalMs, undefined, { signal: session }).catch(() => {});
      if (session.aborted) break;
      if (performance.now() - startedAt > timeoutMs) {
        failures.push(
          new ProbeFailure('timeout', `only ${sent} of ${count} datagrams could be sent within ${timeoutMs} ms`),
        );
        break;
      }
      try {
        await sendDatagram(socket, datagram);
        sent += 1;
      } catch (error) {
        failures.push(toFailure(error));
      }
    }
    await sleep(ICMP_WAIT_MS);
  } catch (error) {
    failures.push(toFailure(error));
  } finally {
    socket?.close();
  }
  const last = failures.at(-1);
  return {
    attempts: count,
    succeeded: sent,
    timesMs: [],
    ...(last && { error: { kind: last.kind, text: last.message } }),
    got: {
      sent,
      sendErrors: countKinds(failures),
      payloadBytes: datagram.length,
      sendMs: roundMs(performance.now() - startedAt),
    },
  };
}
