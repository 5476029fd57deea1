import type { AcceptanceCode } from '../../model/acceptance.ts';
import type { Advice, Match } from '../entry.ts';
import { say } from '../evidence/support.ts';
import { proved } from '../match.ts';
import type { View } from '../view/view.ts';
import { acceptancePoints } from './points/index.ts';

/**
 * Where points of an acceptance prove a cause: a match a node, or one for the cluster. None in a run that is no
 * acceptance: what an operator has is no fault until something else was asked for.
 */
export function acceptanceMatches(view: View, code: AcceptanceCode): Match[] {
  if (view.facts.one('acceptance') === undefined) return [];
  const failed = acceptancePoints(view).filter((point) => point.verdict === 'fail' && point.code === code);
  const told = failed.flatMap(({ troubles, observations }) =>
    troubles.map(({ text, node }) => ({ node, evidence: say(text, ...observations) })),
  );
  return [...Map.groupBy(told, ({ node }) => node)].map(([node, own]) =>
    proved({
      at: node === undefined ? {} : { node },
      evidence: own.map(({ evidence }) => evidence),
      impact: [],
      basis: [],
    }),
  );
}

/** What to do about it, as the points say that fail. */
export const acceptanceRemedies = (view: View, code: AcceptanceCode): Advice[] => [
  ...new Map(
    acceptancePoints(view)
      .filter((point) => point.verdict === 'fail' && point.code === code)
      .flatMap(({ remedy }) => (remedy === undefined ? [] : [[remedy, { text: remedy }]])),
  ).values(),
];
