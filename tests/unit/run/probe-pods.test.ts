import { ApiException, type V1Pod } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';
import { waitForProbes, type RolledOut } from '../../../helpers/run/probe-pods.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => vi.useRealTimers());

const node = (name: string, notReadyReason?: string): NodeInfo => ({
  name,
  role: 'agent',
  internalIp: '',
  podCidrs: [],
  ready: notReadyReason === undefined,
  notReadyReason,
  unschedulable: false,
  kubeletVersion: '',
  annotations: {},
});

/** A pod on a node, as far as it is looked at. */
const pod = (nodeName: string, status: V1Pod['status']): V1Pod => ({
  metadata: { name: `probe-${nodeName}`, namespace: 'ns' },
  spec: { nodeName, containers: [{ name: 'agent', image: 'registry.example/node:24' }] },
  status,
});
const running = (nodeName: string) =>
  pod(nodeName, { phase: 'Running', podIP: '10.42.0.9', containerStatuses: [{ state: { running: {} } } as never] });
const waiting = (nodeName: string, reason: string, message: string) =>
  pod(nodeName, { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason, message } } } as never] });
const ended = (nodeName: string, exitCode: number, message: string) =>
  pod(nodeName, {
    phase: 'Running',
    containerStatuses: [
      { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode, message } } } as never,
    ],
  });

interface Case {
  nodes: NodeInfo[];
  /** Pods of the pod network and of the hosts', at a time after the start. */
  pods: (elapsedMs: number) => [V1Pod[], V1Pod[]];
  signal?: AbortSignal;
  /** By how much the clock goes on from one look to the next. */
  stepMs?: number;
}

/** Waits for probes on a cluster that says this of its pods, with a clock that goes as fast as is asked. */
async function rollOut({
  nodes,
  pods,
  signal = new AbortController().signal,
  stepMs = 200,
}: Case): Promise<RolledOut & { tookMs: number }> {
  const startedAt = Date.now();
  let looks = 0;
  const listNamespacedPod = async ({ namespace }: { namespace: string }) => {
    const isHost = namespace.endsWith('-host');
    // Both lists of a look are of one moment, the pod network's is asked first.
    if (!isHost) {
      vi.setSystemTime(startedAt + stepMs * looks);
      looks += 1;
    }
    return Promise.resolve({ items: pods(Date.now() - startedAt)[isHost ? 1 : 0] });
  };
  const client = { server: 'https://api.example:6443', core: { listNamespacedPod } } as unknown as ClusterClient;
  const rolledOut = await waitForProbes(client, 'run', nodes, signal);
  return { ...rolledOut, tookMs: Date.now() - startedAt };
}

describe('probes that are rolled out', () => {
  test('are not waited for on a node that is not Ready, which is one hole with the reason', async () => {
    const { pods, holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b', 'Kubelet stopped posting node status.')],
      pods: () => [[running('a')], [running('a')]],
    });
    expect(pods.map((each) => `${each.node} ${each.network}`)).toEqual(['a pod', 'a host']);
    expect(holes).toEqual([
      {
        what: 'everything from and to b',
        why: 'the node is not Ready: Kubelet stopped posting node status.',
        node: 'b',
      },
    ]);
    expect(tookMs).toBe(0);
  });

  test('whose image cannot be pulled are given up after 8 s, which is time for a second pull', async () => {
    const image = (elapsedMs: number) =>
      elapsedMs > 5_000 ? running('b') : waiting('b', 'ErrImagePull', 'connection refused');
    const { pods, holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b')],
      stepMs: 1_000,
      pods: (elapsedMs) => [
        [waiting('a', 'ImagePullBackOff', 'Back-off pulling image'), image(elapsedMs)],
        [running('a'), running('b')],
      ],
    });
    expect(pods.map((each) => `${each.node} ${each.network}`)).toEqual(['b pod', 'a host', 'b host']);
    expect(holes).toEqual([
      {
        what: 'the pod network of a',
        why: 'the image registry.example/node:24 cannot be pulled: Back-off pulling image',
        node: 'a',
      },
    ]);
    expect(tookMs).toBe(9_000);
  });

  test('whose port is taken on a host say which', async () => {
    const { holes } = await rollOut({
      nodes: [node('a')],
      stepMs: 5_000,
      pods: () => [[running('a')], [ended('a', 3, 'port 18377/tcp is in use on this host\n')]],
    });
    expect(holes).toEqual([
      {
        what: 'the host network of a',
        why: 'the probe ended with code 3: port 18377/tcp is in use on this host',
        node: 'a',
      },
    ]);
  });

  test('for which the DaemonSet made no pod are given up after a minute', async () => {
    const { holes, tookMs } = await rollOut({ nodes: [node('a')], stepMs: 20_000, pods: () => [[], [running('a')]] });
    expect(holes).toEqual([{ what: 'the pod network of a', why: 'no probe pod was made for it', node: 'a' }]);
    expect(tookMs).toBe(80_000);
  });

  test('end with the error of an API server that stays away, not with one of our own', async () => {
    const pods = () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      });
    };
    await expect(rollOut({ nodes: [node('a')], pods })).rejects.toMatchObject({
      code: 'api-refused',
      exitCode: 3,
      message: 'waiting for the probes: the API server https://api.example:6443 refuses connections',
    });
  });

  test('end with what the API server refuses', async () => {
    const pods = () => {
      throw new ApiException(403, 'Forbidden', { message: 'pods is forbidden' }, {});
    };
    await expect(rollOut({ nodes: [node('a')], pods })).rejects.toMatchObject({
      code: 'api-forbidden',
      message: 'waiting for the probes: the API server https://api.example:6443 refuses: pods is forbidden',
    });
  });

  test('are not waited for when the run is interrupted', async () => {
    await expect(
      rollOut({ nodes: [node('a')], pods: () => [[], []], signal: AbortSignal.timeout(10) }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});
