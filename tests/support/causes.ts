import type { CatalogueEntry, Match } from '../../helpers/diagnose/entry.ts';

/** A cause that matches what it is given, wherever a test looks. */
export const causeOf = (
  code: string,
  matches: readonly Match[],
  more: Partial<Omit<CatalogueEntry, 'code' | 'match'>> = {},
): CatalogueEntry => ({
  code,
  title: () => code,
  layer: 'host',
  dependsOn: [],
  match: () => [...matches],
  remedy: () => [],
  verify: () => '',
  parts: () => '',
  ...more,
});

const match = (confidence: Match['confidence'], node: string, basis: string[], more: Partial<Match> = {}): Match => ({
  confidence,
  location: { node },
  evidence: [],
  impact: [{ kind: 'probes', ids: basis }],
  basis,
  ...more,
});

/** A match at a node that is proved, and accounts for these probes. */
export const provedAt = (node: string, basis: string[] = [], more: Partial<Match> = {}): Match =>
  match('proved', node, basis, more);

/** The same as a candidate. */
export const candidateAt = (node: string, basis: string[] = [], more: Partial<Match> = {}): Match =>
  match('candidate', node, basis, more);
