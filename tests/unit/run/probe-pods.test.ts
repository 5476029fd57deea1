import { ApiException } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ended, node, pod, rollOut, running, waiting } from './roll-out.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => vi.useRealTimers());

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

  test('are given up on a Ready node whose kubelet is not heard and has not taken them over, in seconds', async () => {
    const { unheard, holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b')],
      pods: () => [
        [running('a'), pod('b', { phase: 'Pending' })],
        [running('a'), pod('b', { phase: 'Pending' })],
      ],
      silentMs: 20_000,
    });
    expect(unheard).toEqual(['b']);
    expect(holes[0]?.why).toMatch(/^the kubelet of b has not been heard for 2\d s$/);
    expect(tookMs).toBeLessThan(4_000);
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
        why:
          'the image registry.example/node:24 cannot be pulled: Back-off pulling image (NETWRIGHT_PROBE_IMAGE names ' +
          'another image, NETWRIGHT_PROBE_PULL_SECRET the Secret for its registry)',
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

  test.each([
    ['once and run on since are used', 1, ['a pod', 'a host']],
    ['again and again are not', undefined, ['a pod']],
  ])('that ended with an error %s', async (_title, restartCount, used) => {
    const again = (elapsedMs: number) => {
      const restarts = restartCount ?? elapsedMs / 1_000;
      const lastState = { terminated: { exitCode: 137, message: 'killed' } };
      const containerStatuses = [{ state: { running: {} }, restartCount: restarts, lastState } as never];
      return pod('a', { phase: 'Running', podIP: '10.0.0.100', containerStatuses });
    };
    const { pods, holes } = await rollOut({
      nodes: [node('a')],
      stepMs: 1_000,
      pods: (elapsedMs) => [[running('a')], [again(elapsedMs)]],
    });
    expect(pods.map((each) => `${each.node} ${each.network}`)).toEqual(used);
    expect(holes.map(({ why }) => why)).toEqual(used.length > 1 ? [] : ['the probe ended with code 137: killed']);
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
