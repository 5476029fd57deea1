/** What somebody accepts for a time: a problem by its code, where it is, why, and until when. */
export interface AcceptedProblem {
  code: string;
  /** As a report names it, with `*` for any text. */
  place: string;
  reason: string;
  /** The last day on which it holds, as YYYY-MM-DD, by UTC. */
  until: string;
}

/** Under this code stand failures that no finding explains. */
export const UNEXPLAINED = 'unexplained';

const MEANING = /[.+?^${}()|[\]\\]/g;

/** Whether a place's text is one that is meant; `->` is as good as an arrow. */
export function isPlaceMeant(pattern: string, place: string): boolean {
  const plain = pattern
    .trim()
    .replaceAll(/\s*->\s*/g, ' → ')
    .replaceAll(MEANING, String.raw`\$&`);
  return new RegExp(`^${plain.replaceAll('*', '.*')}$`, 'su').test(place);
}

/** Whether it holds no more on a day that is given as YYYY-MM-DD. */
export const isExpired = ({ until }: AcceptedProblem, today: string): boolean => until < today;
