import { describe, expect, test } from 'vitest';
import type { WatchReport } from '../../../../helpers/model/watch.ts';
import { atMs, watchOutage, watchPath, watchReport } from '../../../support/watch.ts';

const MOST_MS = 3_000;
const verdictOf = (more: Partial<WatchReport>, mostMs?: number): string => watchReport(more, mostMs).verdict;
const blind = (durationMs: number): Partial<WatchReport> => ({
  paths: [watchPath('a', 'b', { unseen: [{ startedAt: atMs(1_000), durationMs }] })],
});

describe('a watch that nobody asked for a bound', () => {
  test.each<[what: string, verdict: string, more: Partial<WatchReport>]>([
    ['that saw every path has seen enough', 'seen', {}],
    ['that saw an interruption judges nothing', 'seen', { outages: [watchOutage(8_000)] }],
    ['on which nothing answered has nothing proved', 'not proved', { paths: [] }],
    [
      'that could send a third of its requests saw too little',
      'not proved',
      { paths: [watchPath('a', 'b', { sent: 33 })] },
    ],
    [
      'is judged by new connections: kept ones wait for answers',
      'seen',
      { paths: [watchPath('a', 'b'), watchPath('a', 'b', { isLongLived: true, sent: 3 })] },
    ],
    [
      'that knows kept connections alone saw too little',
      'not proved',
      { paths: [watchPath('a', 'b', { isLongLived: true })] },
    ],
  ])('%s: %s', (_, verdict, more) => {
    expect(verdictOf(more)).toBe(verdict);
  });
});

describe('a watch with a bound', () => {
  test.each<[what: string, verdict: string, more: Partial<WatchReport>]>([
    ['holds where nothing was interrupted', 'held', {}],
    ['holds where an interruption is as long as it may be', 'held', { outages: [watchOutage(MOST_MS)] }],
    ['does not hold where one is longer', 'too long', { outages: [watchOutage(MOST_MS + 100)] }],
    [
      'proves nothing where the machine was too busy for most of a longer one',
      'not proved',
      { outages: [watchOutage(4_000, { stallMs: 2_500 })] },
    ],
    [
      'does not hold where the machine was busy for a small part of it',
      'too long',
      { outages: [watchOutage(8_000, { stallMs: 600 })] },
    ],
    [
      'proves nothing where the end of a short one was not seen',
      'not proved',
      { outages: [watchOutage(1_000, { isEndUnseen: true })] },
    ],
    ['proves nothing where nobody asked for longer', 'not proved', blind(MOST_MS + 100)],
    ['holds where nobody asked for a shorter time', 'held', blind(MOST_MS)],
    ['proves nothing where nothing answered', 'not proved', { paths: [] }],
  ])('%s: %s', (_, verdict, more) => {
    expect(verdictOf(more, MOST_MS)).toBe(verdict);
  });

  test('says by how much it does not hold', () => {
    expect(watchReport({ outages: [watchOutage(4_200)] }, MOST_MS).reasons).toEqual([
      'an interruption took 4.2 s, and may take 3.0 s',
    ]);
  });
});
