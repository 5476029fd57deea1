/** ln(n!) for whole numbers, summed once. */
const logFactorials: number[] = [0];
function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1)
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  return logFactorials[n] ?? 0;
}

/**
 * Probability that of `trials` independent ones at least `hits` are hit where each is with probability `share` (above 0
 * and below 1): the upper tail of the binomial distribution, exact.
 */
export function binomialTail(hits: number, trials: number, share: number): number {
  let sum = 0;
  for (let k = hits; k <= trials; k += 1)
    sum += Math.exp(
      logFactorial(trials) -
        logFactorial(k) -
        logFactorial(trials - k) +
        k * Math.log(share) +
        (trials - k) * Math.log1p(-share),
    );
  return hits <= 0 ? 1 : Math.min(1, sum);
}

/** Of the standard normal distribution: 95 % lie within so many deviations. */
const Z_95 = 1.959964;

/**
 * Wilson's interval of a share, 95 %: the limits that hold for few hits and for none too.
 * Wilson, Journal of the American Statistical Association 22 (1927), 209; Brown, Cai and DasGupta, Statistical Science
 * 16 (2001), 101 recommend it.
 */
export function wilsonInterval(hits: number, trials: number): [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const [share, z2] = [hits / trials, Z_95 ** 2];
  const middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (Z_95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Logarithm of the likelihood of so many hits, at the share that makes them likeliest. */
export function logLikelihood(hits: number, trials: number): number {
  if (hits <= 0 || hits >= trials) return 0;
  return hits * Math.log(hits / trials) + (trials - hits) * Math.log1p(-hits / trials);
}
