import { describe, expect, test } from 'vitest';
import { knownProblems } from '../../../../helpers/report/history/known-problem.ts';
import { lastingPlace } from '../../../../helpers/report/history/places.ts';
import { filtered, fixed, recorded, refusing, reportOn } from '../recorded-report.ts';
import { Nights, states } from './nights.ts';

const healthy = fixed(filtered);
const dead = recorded('coredns-replica-dead');

describe('a fault that comes, stays and is mended', () => {
  const nights = new Nights();
  const [before, first, second, after, later] = [healthy, filtered, filtered, healthy, healthy].map((seen) =>
    nights.next(seen),
  );

  test('is new in the night in which it comes', () => {
    expect(before?.changes?.previous).toBeUndefined();
    expect(states(first!)).toEqual(['new vxlan-port-filtered-in-path']);
    expect(first?.changes?.problems).toHaveLength(4);
  });

  test('is still there in the next, since the first', () => {
    expect(states(second!)).toEqual(['still vxlan-port-filtered-in-path']);
    expect(second?.changes?.problems.map(({ since }) => since)).toEqual(Array(4).fill('2026-03-02T02:00:00.000Z'));
  });

  test('is mended once, and nothing is said of it after that', () => {
    expect(states(after!)).toEqual(['mended vxlan-port-filtered-in-path']);
    expect(after?.changes?.problems.some(({ flaps }) => flaps)).toBe(false);
    expect(states(later!)).toEqual([]);
  });

  test('that comes back is new, and is said to come and go', () => {
    const back = nights.next(filtered);
    expect(states(back)).toEqual(['new vxlan-port-filtered-in-path']);
    expect(back.changes).toMatchObject({ problems: [{ flaps: { seen: 3, of: 6 } }, {}, {}, {}] });
  });
});

describe('a problem that a run does not name is not called mended', () => {
  const after = (change: (nights: Nights) => ReturnType<Nights['next']>) => {
    const nights = new Nights();
    nights.next(filtered);
    const night = change(nights);
    return { night, nights };
  };

  test('where its suites were not run', () => {
    const { night, nights } = after((each) => each.next(reportOn(healthy, ['coredns', 'node-port'])));
    expect(states(night)).toEqual(['unclear vxlan-port-filtered-in-path']);
    expect(night.changes).toMatchObject({ problems: [{ why: expect.stringContaining('not looked at') }, {}, {}, {}] });
    // Nor has it begun anew when it is seen again.
    const third = nights.next(filtered);
    expect(states(third)).toEqual(['still vxlan-port-filtered-in-path']);
    expect(third.changes).toMatchObject({ problems: [{ since: '2026-03-01T02:00:00.000Z' }, {}, {}, {}] });
  });

  test('where its node was left out', () => {
    const holes = [{ what: 'k3s-worker-02', why: 'left out by NETWRIGHT_NODES=!k3s-worker-02', isByChoice: true }];
    const nodes = ['k3s-master-01', 'k3s-worker-01'];
    const { night } = after((each) => each.next(healthy, { holes, cluster: { ...reportOn(healthy).cluster, nodes } }));
    expect(states(night)).toEqual(['unclear vxlan-port-filtered-in-path']);
  });

  test('where a proved cause may hide it', () => {
    const report = reportOn(filtered);
    const [finding] = report.findings;
    const explains = { ...finding!.explains, findings: [finding!.code] };
    const cover = { ...finding!, code: 'node-path-down', explains };
    const { night } = after((each) => each.next(report, { findings: [cover] }));
    expect(states(night)).toEqual(['new node-path-down', 'unclear vxlan-port-filtered-in-path']);
  });

  test('where what failed with it fails without a cause', () => {
    const report = reportOn(filtered);
    const unexplained = report.symptoms
      .filter(({ verdict }) => verdict === 'fail')
      .flatMap((each) => each.observations);
    const { night } = after((each) => each.next(report, { findings: [], unexplained }));
    expect(states(night)).toContain('unclear vxlan-port-filtered-in-path');
  });

  test('where nothing was seen to pass', () => {
    const report = reportOn(healthy);
    const symptoms = report.symptoms.map((each) => ({ ...each, verdict: 'skipped' as const }));
    const { night } = after((each) => each.next(report, { symptoms }));
    expect(states(night)).toEqual(['unclear vxlan-port-filtered-in-path']);
  });

  test('but is mended where its node is gone from the cluster', () => {
    const nodes = ['k3s-master-01', 'k3s-worker-01'];
    const { night } = after((each) => each.next(healthy, { cluster: { ...reportOn(healthy).cluster, nodes } }));
    expect(states(night)).toEqual(['mended vxlan-port-filtered-in-path']);
  });
});

describe('what is new', () => {
  test('is told apart from what was there, also of one code at another place', () => {
    const nights = new Nights();
    const report = reportOn(filtered);
    const [finding] = report.findings;
    nights.next(report, { findings: [{ ...finding!, locations: finding!.locations.slice(0, 1) }] });
    const night = nights.next(report);
    expect(night.changes).toMatchObject({
      problems: [{ state: 'still' }, { state: 'new' }, { state: 'new' }, { state: 'new' }],
    });
  });

  test('is also what no cause explains, beside a cause that stays', () => {
    const nights = new Nights();
    nights.next(filtered);
    const night = nights.next(refusing(filtered));
    expect(states(night)).toEqual(['still vxlan-port-filtered-in-path', 'new unexplained']);
  });

  test('is not what the same replica is found by under another name of its pod', () => {
    const nights = new Nights();
    nights.next(dead);
    const renamed = JSON.parse(
      JSON.stringify(reportOn(dead)).replaceAll(/coredns-[a-z0-9]+-[a-z0-9]{5}/g, 'coredns-7c5f66b5c9-xk2lp'),
    ) as ReturnType<typeof reportOn>;
    expect(states(nights.next(renamed))).toEqual(['still coredns-replica-dead']);
  });

  test('is nothing of another cluster of the same name', () => {
    const nights = new Nights();
    const { cluster } = reportOn(filtered);
    nights.next(filtered, { cluster: { ...cluster, id: 'one' } });
    const other = nights.next(filtered, { cluster: { ...cluster, id: 'two' } });
    expect(other.changes).not.toHaveProperty('previous');
    expect(states(other)).toEqual(['new vxlan-port-filtered-in-path']);
  });
});

describe('a problem of a run', () => {
  test('is a failed symptom where nothing explains it and no place is known', () => {
    const report = { ...reportOn(filtered), findings: [], unexplainedGroups: [] };
    expect(knownProblems(report)[0]).toMatchObject({
      code: 'unexplained',
      place: expect.stringContaining('pod-to-pod: '),
    });
  });

  test('of more places than are kept is one', () => {
    const report = reportOn(filtered);
    const locations = Array.from({ length: 90 }, (_, index) => ({ from: `a${index}`, to: 'b' }));
    const many = { ...report, findings: [{ ...report.findings[0]!, locations }] };
    expect(knownProblems(many).map(({ place }) => place)).toEqual(['more than 50 places']);
    const nights = new Nights();
    nights.next(report);
    expect(states(nights.next(many))).toEqual(['still vxlan-port-filtered-in-path']);
  });

  test.each([
    [{ replica: 'coredns-6f5d8c7b9f-x2b7k', node: 'a' }, 'replica coredns on a'],
    [{ service: 'shop/web', endpoint: '10.42.1.7' }, 'service shop/web'],
    [{ endpoint: '10.42.1.7' }, 'endpoint 10.42.1.7'],
    [{ service: 'netwright-20260301-020000-ab01/canary', node: 'a' }, "service of Netwright's own on a"],
    [{ host: 'canary-20260301-020000-ab01.netwright.invalid' }, "host of Netwright's own"],
    [{ from: 'a', to: 'b' }, 'a → b'],
    [{}, 'the cluster as a whole'],
  ])('has a place that lasts: %j', (location, place) => {
    expect(lastingPlace(location, '20260301-020000-ab01')).toBe(place);
  });
});
