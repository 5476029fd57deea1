import type { Observation } from '../model/observation.ts';

/** Observations as an attachment: one a line, for a page that holds them all grows with every space. */
export const observationLines = (observations: readonly Observation[]): string =>
  `[\n${observations.map((observation) => JSON.stringify(observation)).join(',\n')}\n]`;
