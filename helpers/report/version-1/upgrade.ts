import { z } from 'zod';
import { factOfVersion1, upgradeFact } from './facts.ts';
import { probeOfVersion1, upgradeProbe } from './probes.ts';

/** An observation of version 1, as far as it is read. */
export const observationOfVersion1 = z.discriminatedUnion('type', [probeOfVersion1, factOfVersion1]);
export type ObservationOfVersion1 = z.infer<typeof observationOfVersion1>;

/**
 * Turns observations of version 1 into version 2, in their order. They are taken together: what a probe crosses depends
 * on the cluster that facts of the same run describe. What version 2 does not have is undefined. Pure; what comes out
 * is not checked yet.
 */
export function upgrade(observations: readonly ObservationOfVersion1[]): (object | undefined)[] {
  const nodes = [
    ...new Set(observations.flatMap((each) => (each.type === 'fact' && each.key === 'node' ? (each.node ?? []) : []))),
  ];
  return observations.map((each) => (each.type === 'probe' ? upgradeProbe(each, nodes) : upgradeFact(each)));
}
