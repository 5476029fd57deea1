import { isJudged, type ProbeObservation } from '../model/observation.ts';
import type { View } from './view/view.ts';

type Part = [is: (probe: ProbeObservation) => boolean, says: string];

const crosses = ({ source, destination }: ProbeObservation): boolean => source.node !== destination.node;

/** Parts of the way that a client's packets take, and what is excluded where all that was asked of one answers. */
const PARTS: Part[] = [
  [({ role }) => role === 'burst' || role === 'tunnel-burst', 'what nodes send by the overlay comes out at the others'],
  [
    (probe) => probe.suite === 'pod-to-pod' && probe.pathClass === 'pod-pod' && crosses(probe),
    'pods reach pods of other nodes',
  ],
  [({ role }) => role === 'endpoint', 'endpoints answer by their own addresses'],
  [({ role }) => role === 'service', 'Services answer by their ClusterIPs'],
  [({ suite }) => suite === 'coredns', 'names resolve'],
  [({ role }) => role === 'from-runner' || role === 'from-node', 'NodePorts answer'],
];

/** What was looked at and is sound, with how many probes say so: what is excluded as the cause of what fails. */
export const soundParts = ({ probes }: View): string[] =>
  PARTS.flatMap(([is, says]) => {
    const judged = probes.filter((probe) => isJudged(probe) && is(probe));
    return judged.length > 0 && judged.every(({ verdict }) => verdict === 'pass')
      ? [`${says} (${judged.length} of ${judged.length} probes)`]
      : [];
  });
