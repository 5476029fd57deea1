import type { ProbeObservation } from '../../model/observation.ts';

/** What came back of a probe, where its kind has such a thing. */

/** HTTP status of the first answer that is not right, else of the first. */
export const statusOf = (probe: ProbeObservation): number | undefined =>
  probe.kind === 'http' ? probe.got.status : undefined;

/** What a gateway answers for pods that it did not reach. */
const GATEWAY = new Set([502, 504]);

/** Whether a gateway answered that it had no answer of what stands behind it. */
export const isOfGateway = (probe: ProbeObservation): boolean => GATEWAY.has(statusOf(probe) ?? 0);

/**
 * Whether a request is sent back to the very place that it asked for, so that nobody ever gets there. What a redirect
 * with a cookie leads to is another matter, and no failure.
 */
export function isRedirectLoop(probe: ProbeObservation): boolean {
  if (probe.kind !== 'http' || probe.verdict !== 'fail' || probe.got.location === undefined) return false;
  const from = URL.parse(`${probe.asked.protocol}://${probe.asked.host ?? ''}${probe.asked.path}`);
  return from !== null && URL.parse(probe.got.location, from.href)?.href === from.href;
}

/** Head of that answer's body. */
export const bodyHeadOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'http' ? probe.got.bodyHead : undefined;

/** Connections of an HTTP probe that were answered, whatever the answer. */
export const answeredOf = (probe: ProbeObservation): number => (probe.kind === 'http' ? (probe.got.answered ?? 0) : 0);

/** Who answered an HTTP probe, as `pod on node`. */
export const answeredByOf = (probe: ProbeObservation): string[] =>
  probe.kind === 'http' ? (probe.got.answeredBy ?? []) : [];

export const rcodeOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'dns' ? probe.got.rcode : undefined;

/** The name that was asked for. */
export const nameAskedOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'dns' || probe.kind === 'resolve' ? probe.asked.name : undefined;

/** The path of an HTTP request. */
export const pathAskedOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'http' ? probe.asked.path : undefined;

/** The address under which the other side saw the probe. */
export const clientAddressOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'payload' || probe.kind === 'udp-echo' ? probe.got.clientAddress : undefined;

/** Attempts that were lost; undefined where none was, and for a burst, whose readings say more. */
export const lostOf = (probe: ProbeObservation): number | undefined =>
  probe.kind === 'burst' ? undefined : probe.got.lost;

/** How the last attempt failed, where a part of them did. */
export const lastErrorKindOf = (probe: ProbeObservation): string | undefined =>
  probe.kind === 'burst' ? undefined : probe.got.lastErrorKind;

/** Whether an answer came, wanted or not: for a probe that must be dropped that is its failure, and not its pass. */
export const carried = ({ expectation = 'must-pass', verdict, errorKind }: ProbeObservation): boolean =>
  expectation === 'must-pass' ? verdict === 'pass' : errorKind === 'unexpected-pass';
