import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMAGES } from '../../lab/images/index.ts';
import { LabBench } from './bench.ts';
import { DISCOVERED, HEALTHY, judged } from './healthy.ts';

const TAINT = 'node-role.kubernetes.io/control-plane:NoSchedule';

let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(() => bench[Symbol.dispose]());

describe('what users’ clusters have', () => {
  const objects = readFileSync(fileURLToPath(new URL('ordinary-objects.yaml', import.meta.url)), 'utf8').replaceAll(
    'IMAGE',
    IMAGES.node,
  );
  beforeAll(async () => {
    await bench.kubectl(['apply', '-f', '-'], objects);
    await bench.kubectl(['taint', 'node', 'k3s-master-01', TAINT]);
    for (const what of ['deployment/moved', 'deployment/moved-new', 'deployment/odd', 'ds/metrics', 'ds/edge'])
      await bench.kubectl(['-n', 'shop', 'rollout', 'status', what, '--timeout=90s']);
  });
  afterAll(async () => {
    await bench.kubectl(['taint', 'node', 'k3s-master-01', `${TAINT}-`]);
    await bench.kubectl(['delete', '-f', '-', '--wait=false', '--ignore-not-found'], objects);
  });

  it('is healthy, and hosts that no controller serves are said', async () => {
    const ended = await bench.run(['run'], DISCOVERED);
    expect(judged(ended)).toEqual(HEALTHY);
    const holes = Object.fromEntries((ended.report?.holes ?? []).map(({ what, why }) => [what, why]));
    expect(holes).toMatchObject({
      'the host alb.example.test': expect.stringContaining('no controller of its class alb (ingress.k8s.aws/alb)'),
      'the host former.example.test': expect.stringContaining('its class traefik does not exist'),
      'the host no-class.example.test': expect.stringContaining('it names no class'),
    });
    expect(holes).not.toHaveProperty('the host shop.example.test');
  });

  it('is unhealthy where such a host is named by its owner', async () => {
    const named = { ...DISCOVERED, NETWRIGHT_HOSTS: 'former.example.test' };
    const { report } = await bench.run(['run', '--suite', 'ingress'], named);
    expect(report?.findings.map(({ code }) => code)).toEqual(['ingress-not-routed']);
  });

  it('is healthy while a node is drained, and taken in again, under the run', async () => {
    const drain = ['drain', 'k3s-worker-02', '--ignore-daemonsets', '--delete-emptydir-data', '--force'];
    try {
      const started = bench.start(['run'], DISCOVERED);
      await started.observes(30);
      await bench.kubectl([...drain, '--grace-period=1', '--timeout=60s']);
      expect(judged(await started.ended)).toEqual(HEALTHY);
    } finally {
      await bench.kubectl(['uncordon', 'k3s-worker-02']);
    }
  });

  it('is healthy while a namespace with all of this is deleted under the run', async () => {
    const started = bench.start(['run'], DISCOVERED);
    await started.observes(30);
    await bench.kubectl(['delete', 'namespace', 'shop', '--wait=false']);
    expect(judged(await started.ended)).toEqual(HEALTHY);
  });
});
