import { describe, expect, test } from 'vitest';
import { Tally } from '../../../helpers/observe/watch/tally.ts';
import type { WatchedPath } from '../../../helpers/observe/plans/watch.ts';
import { Live } from '../../../helpers/run/watch/live.ts';
import type { Watched } from '../../../helpers/run/watch/streams.ts';

const INTERVAL_MS = 100;
const good = (count: number): string => '.'.repeat(count);

const watched = (to: string): Watched => ({
  path: {
    id: `node-port/new/outside/${to}`,
    pathClass: 'node-port',
    isLongLived: false,
    from: 'outside',
    to,
    source: { network: 'runner' },
    ask: { spec: { kind: 'http', host: '127.0.0.1', port: 1, path: '/', timeoutMs: 1_000 } },
  } satisfies WatchedPath,
  tally: new Tally(),
});

/** Adds signs to paths in steps of a second, with a look after each, and gives what was told. */
function told(signs: Record<string, string>) {
  const paths = Object.keys(signs).map(watched);
  const live = new Live();
  const news = [];
  for (let from = 0; from < 80; from += 10) {
    for (const { path, tally } of paths)
      tally.add(from * INTERVAL_MS, INTERVAL_MS, (signs[path.to] ?? '').slice(from, from + 10));
    news.push(...live.look(paths));
  }
  return news.map((each) =>
    each.kind === 'up'
      ? { kind: 'up', forMs: each.outage.endMs - each.outage.startMs, lost: each.outage.lost }
      : { kind: each.kind, ...(each.kind === 'down' && { paths: each.paths }) },
  );
}

describe('what a watch tells live', () => {
  test('is nothing while all answers, and nothing of a path that never answered', () => {
    expect(told({ a: good(80), b: 't'.repeat(80) })).toEqual([]);
  });

  test('is when a class is interrupted, and for how long when all of it answers again', () => {
    expect(told({ a: `${good(10)}${'t'.repeat(20)}${good(50)}`, b: good(80) })).toEqual([
      { kind: 'down', paths: ['outside → a'] },
      { kind: 'up', forMs: 2_000, lost: 20 },
    ]);
  });

  test('is the whole time where one path after the other is interrupted', () => {
    const [first, second] = [`${good(10)}${'t'.repeat(10)}${good(60)}`, `${good(15)}${'t'.repeat(25)}${good(40)}`];
    expect(told({ a: first, b: second })).toEqual([
      { kind: 'down', paths: ['outside → a', 'outside → b'] },
      { kind: 'up', forMs: 3_000, lost: 35 },
    ]);
  });

  test('counts what was lost of all interruptions, where a path answered for a moment between', () => {
    const gaps = `${good(10)}tt${good(12)}${'t'.repeat(10)}${good(46)}`;
    const whole = `${good(10)}${'t'.repeat(24)}${good(46)}`;
    expect(told({ a: gaps, b: whole })).toEqual([
      { kind: 'down', paths: ['outside → a', 'outside → b'] },
      { kind: 'up', forMs: 2_400, lost: 36 },
    ]);
  });
});
