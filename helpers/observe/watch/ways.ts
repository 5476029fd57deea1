const WAYS: Record<string, string> = {
  t: 'no answer in time',
  r: 'refused',
  x: 'the connection broke',
  w: 'another answer',
  o: 'other errors',
};

/** How many requests were lost in which way, of how many by which sign. */
export const waysOf = (signs: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(signs).map(([sign, count]) => [WAYS[sign] ?? sign, count]));
