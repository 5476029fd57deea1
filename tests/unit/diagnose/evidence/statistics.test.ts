import { expect, test } from 'vitest';
import { binomialTail, wilsonInterval } from '../../../../helpers/diagnose/evidence/statistics.ts';

test('the tail of a binomial distribution is exact', () => {
  // Of two fair coins: one or more heads in three of four throws, two in one.
  expect(binomialTail(1, 2, 0.5)).toBeCloseTo(0.75, 12);
  expect(binomialTail(2, 2, 0.5)).toBeCloseTo(0.25, 12);
  // 1 - 0.995^400 and, by the Poisson limit with mean 2, about 8.3e-6 for eleven or more.
  expect(binomialTail(1, 400, 0.005)).toBeCloseTo(1 - 0.995 ** 400, 12);
  expect(binomialTail(11, 400, 0.005)).toBeLessThan(1e-5);
  expect(binomialTail(0, 400, 0.005)).toBe(1);
});

test("Wilson's interval holds for none of a few too", () => {
  // Both limits as in the tables of Brown, Cai and DasGupta for 95 %.
  expect(wilsonInterval(0, 10)[0]).toBe(0);
  expect(wilsonInterval(0, 10)[1]).toBeCloseTo(0.2775, 3);
  expect(wilsonInterval(5, 10)[0]).toBeCloseTo(0.2366, 3);
  expect(wilsonInterval(5, 10)[1]).toBeCloseTo(0.7634, 3);
});
