import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { node, pod, refusal, rollOut, running, waiting, warning } from './roll-out.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => vi.useRealTimers());

describe('probes that are refused, or do not start,', () => {
  test.each([
    'pods "probe-pod-" is forbidden: ValidatingAdmissionPolicy \'guests\' denied request: no hostNetwork',
    'pods "probe-pod-" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=0, limited: pods=0',
    'pods "probe-pod-" is forbidden: maximum memory usage per Container is 32Mi, but limit is 256Mi',
    'pods "probe-pod-" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
  ])('that are refused say who refused them, 10 s after it is known: %s', async (words) => {
    const { pods, holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b')],
      stepMs: 1_000,
      pods: () => [[], [running('a'), running('b')]],
      warnings: (network) => (network === 'pod' ? [refusal(words)] : []),
    });
    expect(holes).toEqual([{ what: 'the pod network of every node', why: `no probe pod may be made: ${words}` }]);
    expect([pods.length, tookMs < 13_000]).toEqual([2, true]);
  });

  test('that are refused at first and made a moment later are taken', async () => {
    const { pods, holes } = await rollOut({
      nodes: [node('a')],
      stepMs: 1_000,
      pods: (elapsedMs) => [elapsedMs > 5_000 ? [running('a')] : [], [running('a')]],
      warnings: () => [refusal('quota has not been synced yet')],
    });
    expect([pods.length, holes]).toEqual([2, []]);
  });

  test('of which nobody may say why they are not made are given up after a minute, with that', async () => {
    const { holes } = await rollOut({
      nodes: [node('a')],
      stepMs: 20_000,
      pods: () => [[], [running('a')]],
      warnings: () => undefined,
    });
    expect(holes.map(({ why }) => why)).toEqual([
      'no probe pod was made for it (events could not be read: the API server refuses: events is forbidden)',
    ]);
  });

  test('that get no network say so in the plugin’s words, after a second attempt of the runtime', async () => {
    const words = 'failed to setup network for sandbox "0a1b": failed to find plugin "flannel" in path [/opt/cni/bin]';
    const { holes, events, missing, tookMs } = await rollOut({
      nodes: [node('a')],
      stepMs: 1_000,
      pods: () => [[pod('a', { phase: 'Pending' })], [running('a')]],
      warnings: (network) => (network === 'pod' ? [warning('FailedCreatePodSandBox', 'Pod', 'probe-a', words)] : []),
    });
    expect(holes).toEqual([{ what: 'the pod network of a', why: words, node: 'a' }]);
    expect(events.map(({ reason }) => reason)).toEqual(['FailedCreatePodSandBox']);
    expect(missing).toEqual([{ node: 'a', network: 'pod', why: words, isRefused: false }]);
    expect(tookMs).toBeLessThan(22_000);
  });

  test('on a full node are given up at once, with its numbers', async () => {
    const unscheduled = {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', message: '0/2 nodes are available: 1 Too many pods.' } as never,
      ],
    };
    const { holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b')],
      pods: () => [
        [running('a'), pod('b', unscheduled)],
        [running('a'), running('b')],
      ],
      more: { full: new Map([['b', 'b holds 109 of 110 pods']]) },
    });
    expect(holes).toEqual([
      {
        what: 'the pod network of b',
        why: 'b holds 109 of 110 pods: no place is found for it: 0/2 nodes are available: 1 Too many pods.',
        node: 'b',
      },
    ]);
    expect(tookMs).toBe(0);
  });

  test('of a network that was refused as a whole are not looked for', async () => {
    const { pods, holes, tookMs } = await rollOut({
      nodes: [node('a'), node('b')],
      pods: () => [[running('a'), running('b')], []],
      more: { refused: new Map([['host', 'a policy is against hostNetwork']]) },
    });
    expect(pods.map(({ network }) => network)).toEqual(['pod', 'pod']);
    expect(holes).toEqual([{ what: 'the host network of every node', why: 'a policy is against hostNetwork' }]);
    expect(tookMs).toBe(0);
  });

  test('whose image has no variant for the processor say so while the next pull is waited for', async () => {
    const { holes } = await rollOut({
      nodes: [node('a')],
      stepMs: 3_000,
      pods: () => [[waiting('a', 'ImagePullBackOff', 'Back-off pulling image "x"')], [running('a')]],
      warnings: () => [
        warning('Failed', 'Pod', 'probe-a', 'Failed to pull image "x": no match for platform in manifest: not found'),
      ],
    });
    expect(holes.map(({ why }) => why)).toEqual([
      'the image registry.example/node:24 cannot be pulled: no match for platform in manifest: not found ' +
        '(NETWRIGHT_PROBE_IMAGE names an image for this kind of processor)',
    ]);
  });
});
