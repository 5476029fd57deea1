import { describe, expect, test } from 'vitest';
import { OBSERVATION_VERSION, type FactObservation } from '../../../helpers/model/observation.ts';
import { countersRise } from '../../../helpers/run/counters-rise.ts';

const reading = (node: string, value: unknown, more: Partial<FactObservation> = {}): FactObservation => ({
  v: OBSERVATION_VERSION,
  type: 'fact',
  id: `${node} ${JSON.stringify(value)}`,
  source: 'probe',
  node,
  key: 'counters',
  value,
  at: '2026-03-01T10:00:00.000Z',
  ...more,
});

describe("the rise of a node's counters", () => {
  test('the rise is the last reading less the first, group by group', () => {
    const readings = [1, 5, 42].map((rx) => reading('a', { devices: { eth0: { rx, tx: 2 * rx } }, takenAtMs: rx }));
    expect(countersRise(readings)).toEqual([
      { node: 'a', value: { devices: { eth0: { rx: 41, tx: 82 } }, takenAtMs: 41 } },
    ]);
  });

  test('the rise leaves out what was there at one end only, and what is no number', () => {
    const first = reading('a', { devices: { eth0: { rx: 1 } }, name: 'a' });
    const last = reading('a', { devices: { eth0: { rx: 3 }, cni0: { rx: 9 } }, name: 'a' });
    expect(countersRise([first, last])).toEqual([{ node: 'a', value: { devices: { eth0: { rx: 2 }, cni0: {} } } }]);
  });

  test('a rise is there for each node that was read twice, and for no other', () => {
    const readings = [
      reading('a', { n: 1 }),
      reading('b', { n: 1 }),
      reading('a', { n: 4 }),
      reading('c', { n: 1 }),
      reading('c', null, { notObserved: 'no answer' }),
    ];
    expect(countersRise(readings)).toEqual([{ node: 'a', value: { n: 3 } }]);
  });

  test('facts that are not counters have no rise', () => {
    expect(countersRise([reading('a', { n: 1 }, { key: 'links' }), reading('a', { n: 4 }, { key: 'links' })])).toEqual(
      [],
    );
  });
});
