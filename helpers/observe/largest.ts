/**
 * The largest of some numbers, and 0 of none. Unlike Math.max it takes any number of them: a plan of a large cluster
 * has more probes than a call may have arguments.
 */
export const largest = (values: Iterable<number>): number => {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
};
