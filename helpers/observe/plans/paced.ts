import type { ProbeKind } from '../../model/observation.ts';
import type { Planned, SpecOf } from '../planned-probe.ts';

/**
 * A server's socket holds some 90 to 270 datagrams (net.core.rmem_default, 212,992 bytes), and what comes while it is
 * full is lost: 16 agents that asked at once lost a quarter of what they asked of one CoreDNS replica. A thousand a
 * second over all agents is a fifth of what a replica is known to answer (5,000 a second for names of the cluster,
 * Alibaba Cloud's figure for managed CoreDNS).
 */
const SPACING_MS = 1;

/** In a cluster of hundreds of nodes questions come closer, so that a run does not wait for them. */
const MOST_MS = 5_000;

const isDatagram = (spec: SpecOf[ProbeKind]): boolean =>
  (spec.kind === 'dns' && spec.transport === 'udp') || spec.kind === 'resolve';

/**
 * The same probes, with a start of its own for each question that is asked by UDP, so that the agents together never
 * overrun a name server. The second questions of all probes come after the first of all: what is lost then is not lost
 * for the same moment's sake.
 */
export function paced(probes: readonly Planned[]): Planned[] {
  const datagrams = probes.flatMap(({ specs }, index) =>
    specs.flatMap((spec, part) => (isDatagram(spec) ? [{ index, part }] : [])),
  );
  const inTurn = datagrams.toSorted((a, b) => a.part - b.part);
  const spacingMs = Math.min(SPACING_MS, MOST_MS / inTurn.length);
  const starts = new Map(inTurn.map(({ index, part }, turn) => [`${index}.${part}`, Math.round(turn * spacingMs)]));
  return probes.map((probe, index) => ({
    ...probe,
    specs: probe.specs.map((spec, part) => {
      const startAfterMs = starts.get(`${index}.${part}`);
      return startAfterMs === undefined ? spec : { ...spec, startAfterMs };
    }),
  }));
}
