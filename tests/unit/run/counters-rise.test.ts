import { describe, expect, test } from 'vitest';
import type { HostCounters } from '../../../helpers/model/facts/agent.ts';
import { OBSERVATION_VERSION, type FactOf, type Observation } from '../../../helpers/model/observation.ts';
import { countersRise } from '../../../helpers/run/counters-rise.ts';

const frame = (node: string) => ({
  v: OBSERVATION_VERSION as typeof OBSERVATION_VERSION,
  type: 'fact' as const,
  id: node,
  source: 'probe' as const,
  node,
  at: '2026-03-01T10:00:00.000Z',
});

const counters = (takenAtMs: number, devices: HostCounters['devices']): HostCounters => ({
  takenAtMs,
  devices,
  snmp: {},
  netstat: {},
  softnet: { processed: 0, dropped: 0, timeSqueeze: 0 },
});
const reading = (node: string, takenAtMs: number, devices: HostCounters['devices'] = {}): FactOf<'counters'> => ({
  ...frame(node),
  key: 'counters',
  value: counters(takenAtMs, devices),
});

describe("the rise of a node's counters", () => {
  test('the rise is the last reading less the first, group by group', () => {
    const readings = [1, 5, 42].map((rx) => reading('a', rx, { eth0: { rx, tx: 2 * rx } }));
    expect(countersRise(readings)).toEqual([
      { node: 'a', value: { devices: { eth0: { rx: 41, tx: 82 } }, takenAtMs: 41, snmp: {}, netstat: {} } },
    ]);
  });

  test('the rise leaves out what was there at one end only', () => {
    const [first, last] = [reading('a', 0, { eth0: { rx: 1 } }), reading('a', 1, { eth0: { rx: 3 }, cni0: { rx: 9 } })];
    expect(countersRise([first, last])).toMatchObject([{ value: { devices: { eth0: { rx: 2 }, cni0: {} } } }]);
  });

  test('a rise is there for each node that was read twice, and for no other', () => {
    const lost: Observation = { ...frame('c'), key: 'counters', value: null, notObserved: 'no answer' };
    const readings = [reading('a', 1), reading('b', 1), reading('a', 4), reading('c', 1), lost];
    expect(countersRise(readings).map(({ node, value }) => [node, value.takenAtMs])).toEqual([['a', 3]]);
  });

  test('facts that are not counters have no rise', () => {
    const links: Observation = { ...frame('a'), key: 'links', value: [] };
    expect(countersRise([links, links])).toEqual([]);
  });
});
