import { describe, expect, it } from 'vitest';
import { benchmarksDocument } from '../../../../scripts/lib/race/document.ts';
import type { Result } from '../../../../scripts/lib/race/results.ts';

const result = (state: string, contestant: string, more: Partial<Result> = {}): Result => ({
  state,
  contestant,
  startedAt: '2026-01-01T00:00:00.000Z',
  labUpAt: 'x',
  idlePerS: 1,
  load: 2,
  verdict: 'healthy',
  ms: 10_000,
  isCapped: false,
  text: 'all | good',
  cause: 'not named',
  requests: 100,
  bytes: 2 ** 21,
  ...more,
});

const FACTS = {
  machine: '2 cores',
  versions: ['A 1', 'B 2'],
  topology: 'small',
  titles: { own: 'Own', other: 'Other' },
};

const drawn = (...results: Result[]): string => benchmarksDocument(results, FACTS);

describe('the document of benchmarks', () => {
  const text = drawn(
    result('healthy', 'own'),
    result('healthy', 'other', { ms: 200_000 }),
    result('dropped', 'own', { verdict: 'unhealthy', cause: 'named' }),
    result('dropped', 'other', { verdict: 'none', ms: 900_000, isCapped: true, firstSignMs: 61_000 }),
  );

  it('gives each other as a multiple of the first, by state, and says what was not measured', () => {
    expect(text).toContain('| Other | 20 | > 90 | not measured |');
  });

  it('has a row a contestant in each state, with whether it was right', () => {
    expect(text).toContain('| Own | 10.0 s | - | 100 | 2.0 MiB | healthy, right | none there | 2 | all \\| good |');
    expect(text).toContain(
      '| Other | > 15 min | 61.0 s | 100 | 2.0 MiB | no verdict, **not right** | not named | 2 | all \\| good |',
    );
  });

  it('says whether all was measured on one lab', () => {
    expect(text).toContain('on one lab of topology\n`small`');
    expect(drawn(result('healthy', 'own'), result('healthy', 'other', { labUpAt: 'y' }))).toContain('on 2 labs');
  });
});
