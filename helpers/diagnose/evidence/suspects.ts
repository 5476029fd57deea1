import type { ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { verdictOf } from '../view/pairs.ts';
import { isSmallMesh, networkFailures, overlayProbes, overOverlay } from './support.ts';

/** A pair of nodes that carries the mesh's small probes, and not some others. */
export interface SuspectPair {
  from: string;
  to: string;
  failed: ProbeObservation[];
  /** Small probes of the mesh that pass. */
  passed: number;
}

/** One may be lost by chance. */
const LEAST = 2;

/** Whether what is asked answers the same question of another node. */
const answersOthers = (view: View, { role, source, destination }: ProbeObservation): boolean =>
  view.probes.some(
    (other) =>
      other.verdict === 'pass' &&
      other.role === role &&
      other.destination.ip === destination.ip &&
      other.destination.port === destination.port &&
      other.source.node !== source.node,
  );

/**
 * Ordered pairs between which the overlay carries what every pair is asked by, while probes to other ports or addresses
 * get no answer at all: something on the way looks at what it carries.
 */
export const suspectPairs = (view: View): SuspectPair[] =>
  [...view.pairs.values()].flatMap(({ from, to, probes }): SuspectPair[] => {
    const mesh = overlayProbes(view, from, to).filter(isSmallMesh);
    if (verdictOf(mesh) !== 'pass' || view.losesAPart) return [];
    const failed = networkFailures(probes).filter(
      (probe) =>
        overOverlay(probe) &&
        !isSmallMesh(probe) &&
        probe.role !== 'tunnel-echo' &&
        probe.succeeded === 0 &&
        probe.crosses.external !== true &&
        answersOthers(view, probe),
    );
    return failed.length < LEAST ? [] : [{ from, to, failed, passed: mesh.length }];
  });
