import { describe, expect, it } from 'vitest';
import { Fleet, type BatchOutcome } from '../../../helpers/observe/fleet.ts';
import type { Batch } from '../../../helpers/probe/protocol.ts';

const place = { network: 'host' as const, node: 'a' };
const batch = (name: string): Batch => ({
  batch: name,
  concurrency: 1,
  probes: [{ kind: 'tcp', id: name, host: '10.0.0.1', port: 80, timeoutMs: 100 }],
});
const answered = (name: string): BatchOutcome => ({
  results: new Map([
    [name, { batch: name, id: name, attempts: 1, succeeded: 1, timesMs: [1], durationMs: 1, got: {} }],
  ]),
  missing: [],
});
const lost = (name: string, why = 'the stream broke'): BatchOutcome => ({
  results: new Map(),
  missing: [name],
  lost: why,
});
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

/** A fleet whose batches end as the test says: `session N: batch` names one. */
function heldFleet() {
  const ends = new Map<string, (outcome: BatchOutcome) => void>();
  const closed: number[] = [];
  let opened = 0;
  const fleet = new Fleet(async () => {
    const session = (opened += 1);
    return {
      runBatch: ({ batch: name }) => new Promise((resolve) => ends.set(`session ${session}: ${name}`, resolve)),
      close: () => void closed.push(session),
    };
  });
  const end = async (which: string, outcome: BatchOutcome) => {
    ends.get(which)?.(outcome);
    await turns();
  };
  return {
    fleet,
    closed,
    end,
    begun: () => [...ends.keys()],
    run: (name: string) => fleet.run(place, batch(name), { timeoutMs: 1_000 }),
  };
}

describe('a batch that is lost', () => {
  it('leaves the session alone that another lost batch has opened meanwhile', async () => {
    const { run, end, begun } = heldFleet();
    const [early, late] = [run('early'), run('late')];
    await turns();
    await end('session 1: early', lost('early'));
    await end('session 2: early', answered('early'));
    // It used the first session too; that it hears of the loss later is no news of the second.
    await end('session 1: late', lost('late'));
    await end('session 2: late', answered('late'));
    expect([(await early).lost, (await late).lost]).toEqual([undefined, undefined]);
    const next = run('next');
    await turns();
    expect(begun().at(-1)).toBe('session 2: next');
    await end('session 2: next', answered('next'));
    expect((await next).lost).toBeUndefined();
  });

  it('has its session closed, as soon as no other batch runs over it', async () => {
    const { run, end, closed } = heldFleet();
    void run('timed-out');
    void run('still-running');
    await turns();
    await end('session 1: timed-out', lost('timed-out', 'no end of the batch within 1000 ms'));
    expect(closed).toEqual([]);
    await end('session 1: still-running', answered('still-running'));
    expect(closed).toEqual([1]);
    await end('session 2: timed-out', answered('timed-out'));
    expect(closed).toEqual([1]);
  });
});

describe('a fleet that is closed', () => {
  it('closes the session of every place', async () => {
    const { run, end, closed, fleet } = heldFleet();
    void run('one');
    await turns();
    await end('session 1: one', answered('one'));
    await fleet.close();
    expect(closed).toEqual([1]);
  });
});

describe('an agent that stays away', () => {
  it('is not opened anew for every batch, and each batch says why it was not heard', async () => {
    let opened = 0;
    const fleet = new Fleet(async () => {
      opened += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      throw new Error('no answer from the node');
    });
    const outcomes = [];
    for (let turn = 0; turn < 20; turn += 1) outcomes.push(await fleet.run(place, batch('one'), { timeoutMs: 1_000 }));
    expect(opened).toBeLessThan(8);
    expect(new Set(outcomes.map(({ lost: why }) => why))).toEqual(new Set(['no answer from the node']));
    expect(outcomes.every(({ missing }) => missing.includes('one'))).toBe(true);
  });
});
