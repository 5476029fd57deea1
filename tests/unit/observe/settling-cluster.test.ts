import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import { SettlingCluster } from '../../../helpers/observe/settling-cluster.ts';

const contextWith = (ip: string): RunContext =>
  ({
    topology: {
      services: [{ namespace: 'shop', name: 'ui', endpoints: [{ ip, pod: ip, node: 'a', ready: true }] }],
      dnsPods: [],
    },
  }) as unknown as RunContext;
const ipOf = (context: RunContext | undefined) => context?.topology.services[0]?.endpoints[0]?.ip;

/** A cluster whose readings take 20 ms each and show what `show` says of the reading of that number. */
function clusterShowing(show: (reading: number) => string | undefined) {
  let readings = 0;
  const cluster = new SettlingCluster(contextWith('first'), async () => {
    const ip = show((readings += 1));
    await sleep(20);
    return ip === undefined ? undefined : contextWith(ip);
  });
  return { cluster, readings: () => readings };
}

describe('suites that read the cluster at the same time', () => {
  it('share one reading that begins after all of them asked, while another is under way', async () => {
    const { cluster, readings } = clusterShowing(String);
    const first = cluster.refresh();
    const others = [cluster.refresh(), cluster.refresh(), cluster.refresh()];
    expect((await Promise.all([first, ...others])).map(ipOf)).toEqual(['1', '2', '2', '2']);
    expect(readings()).toBe(2);
  });

  it('wait for it to come to rest with the readings of one', async () => {
    const { cluster, readings } = clusterShowing(() => 'same');
    await cluster.refresh();
    const rested = await Promise.all([cluster.atRest(), cluster.atRest(), cluster.atRest(), cluster.atRest()]);
    expect(rested.map(ipOf)).toEqual(['same', 'same', 'same', 'same']);
    expect(readings()).toBeLessThanOrEqual(6);
  }, 10_000);

  it('plan by what was read last, also where a later reading fails', async () => {
    const { cluster } = clusterShowing((reading) => (reading === 1 ? 'read' : undefined));
    await cluster.refresh();
    expect(await cluster.refresh()).toBeUndefined();
    expect(ipOf(cluster.newest)).toBe('read');
  });
});

describe('a wait for a cluster that never rests', () => {
  it('ends as soon as the run is interrupted', async () => {
    const { cluster } = clusterShowing(String);
    const interrupted = new AbortController();
    const beganAt = performance.now();
    const resting = cluster.atRest(interrupted.signal);
    setTimeout(() => interrupted.abort(), 50);
    await resting;
    expect(performance.now() - beganAt).toBeLessThan(400);
  });
});
