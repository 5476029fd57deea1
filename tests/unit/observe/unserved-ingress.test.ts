import { describe, expect, it } from 'vitest';
import type { Judgement, ResultOf } from '../../../helpers/observe/planned-probe.ts';
import { unlessUnserved, whyUnserved } from '../../../helpers/observe/unserved-ingress.ts';

type Result = ResultOf<'http'>;
const answered = (status: number): Result => ({ got: { status } }) as Result;
const refused = (kind: string): Result => ({ got: {}, error: { kind, message: kind } }) as unknown as Result;

/** As any judge: 200 alone passes. */
const judge = (results: Result[]): Judgement<'http'> =>
  ({
    verdict: results.every(({ got }) => got.status === 200) ? 'pass' : 'fail',
    reason: `status ${results[0]?.got.status}`,
  }) as Judgement<'http'>;
const WHY = 'its class traefik does not exist';
const verdictOf = (why: string | undefined, results: Result[]) => unlessUnserved(why, judge)(results).verdict;

describe('a host whose Ingress may have no controller', () => {
  it('is evidence alone where nobody knows it, and the reason says why', () => {
    const judged = unlessUnserved(WHY, judge)([answered(404), answered(404)]);
    expect(judged.verdict).toBe('evidence');
    expect(whyUnserved(judged.reason)).toContain(WHY);
    expect(verdictOf(WHY, [refused('tls')])).toBe('evidence');
  });

  it('is judged as any where somebody serves it, well or badly', () => {
    expect(verdictOf(WHY, [answered(200)])).toBe('pass');
    expect(verdictOf(WHY, [answered(503)])).toBe('fail');
    expect(verdictOf(WHY, [answered(404), answered(200)])).toBe('fail');
    expect(verdictOf(WHY, [refused('timeout')])).toBe('fail');
  });

  it('is judged as any where a controller of its class is there', () => {
    expect(verdictOf(undefined, [answered(404)])).toBe('fail');
    expect(whyUnserved('status 404')).toBeUndefined();
  });
});
