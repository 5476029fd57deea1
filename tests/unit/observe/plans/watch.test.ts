import { describe, expect, test } from 'vitest';
import { CANARY } from '../../../../helpers/model/canary.ts';
import { costOf, intervalMsOf, planWatch } from '../../../../helpers/observe/plans/watch.ts';
import { dnsService, runContext, serviceOn } from '../support/run-context.ts';

const own = serviceOn([0, 1], { namespace: 'netwright', name: CANARY });
const watched = (nodes: number) =>
  planWatch({
    ...runContext({ nodes, topology: { services: [own], dns: dnsService } }),
    canary: { service: `netwright/${CANARY}`, key: 'a key', readyAtMs: 0 },
  });
const counts = (paths: ReturnType<typeof planWatch>): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(paths, ({ pathClass, isLongLived }) => `${pathClass} ${isLongLived ? 'kept' : 'new'}`)].map(
      ([words, same]) => [words, same.length],
    ),
  );

describe('what is watched', () => {
  test('is every ordered pair of nodes, each pod to the Service and DNS, and from outside each node', () => {
    expect(counts(watched(3))).toEqual({
      'host-host new': 6,
      'pod-pod new': 6,
      'pod-pod kept': 6,
      'cluster-ip new': 3,
      'cluster-ip kept': 3,
      'host-cluster-ip new': 3,
      'dns new': 3,
      'dns kept': 3,
      'node-port new': 3,
      'node-port kept': 3,
    });
  });

  test('keeps its name when a pod is made anew at another address', () => {
    const context = runContext({ nodes: 2 });
    const pods = context.pods.map((pod) => ({ ...pod, pod: `${pod.pod}-anew`, ip: `${pod.ip}1` }));
    const [before, after] = [planWatch(context), planWatch({ ...context, pods })];
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.map(({ ask }) => ask.spec.host)).not.toEqual(before.map(({ ask }) => ask.spec.host));
  });

  test('names no path twice, and asks nobody but Netwright and the DNS', () => {
    const paths = watched(6);
    expect(new Set(paths.map(({ id }) => id)).size).toBe(paths.length);
    const hosts = paths.filter(({ pathClass }) => pathClass === 'cluster-ip').map(({ ask }) => ask.spec.host);
    expect(new Set(hosts)).toEqual(new Set([own.clusterIp]));
  });

  test('is no full mesh above four nodes, and eight ways in at most', () => {
    expect(counts(watched(5))).toMatchObject({ 'pod-pod new': 20 });
    // Distances 1, 2, 4 and 8 in both directions: 16 is 4 the other way.
    expect(counts(watched(20))).toMatchObject({ 'pod-pod new': 20 * 8 });
    expect(counts(watched(20))['node-port new']).toBeLessThanOrEqual(8);
  });
});

describe('what a watch costs', () => {
  test('is ten requests a second and path as long as no agent has more than thirty', () => {
    expect(intervalMsOf(watched(3))).toBe(100);
  });

  test.each([10, 40, 100])('is at most 300 requests a second of one agent, with %i nodes', (nodes) => {
    const paths = watched(nodes);
    const perAgent = [...Map.groupBy(paths, ({ source }) => `${source.network} ${source.node ?? ''}`).values()];
    const most = Math.max(...perAgent.map(({ length }) => length));
    expect((most * 1_000) / intervalMsOf(paths)).toBeLessThanOrEqual(300);
  });

  test('counts what a node asks and what it answers', () => {
    const [first] = planWatch(runContext({ nodes: 2 }));
    expect(costOf(first ? [first] : [])).toEqual({ requestsPerSecond: 10, packetsPerSecond: 100 });
    // Each node asks and answers four: pods by both ways, hosts by one.
    expect(costOf(planWatch(runContext({ nodes: 2 })))).toEqual({ requestsPerSecond: 60, packetsPerSecond: 460 });
  });
});
