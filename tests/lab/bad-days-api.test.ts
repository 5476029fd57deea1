import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labUp } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, probesOf } from './bench.ts';

const server = 'k3s-master-01';
/** After an outage controllers and kubelets come back one after the other, and `clean` itself waits for a minute. */
const LATER = { timeout: 300_000, interval: 500 };
let bench: LabBench;

// A lab of its own: what becomes of one whose API server was killed is nothing for the tests that follow.
const LAB = `nwtest-api-${process.pid}`;

beforeAll(async () => {
  const kit = await prepareKit({ signal: new AbortController().signal });
  await labUp({ name: LAB, topology: 'small', kit });
  bench = await LabBench.open(LAB);
}, 300_000);
afterAll(async () => {
  bench[Symbol.dispose]();
  await labDown(LAB);
}, 60_000);

describe('an API server that hangs for 20 s while the suites run', () => {
  it('is named by itself: no node is blamed for what it did not report, and nothing else fails', async () => {
    const started = bench.start(['run']);
    await started.says(/^.*pod-to-pod +ok/m);
    await bench.onNode(
      server,
      'sh',
      '-c',
      'pid=$(cat /run/netwright/kube-apiserver.pid); kill -STOP "$pid"; sleep 20; kill -CONT "$pid"',
    );
    const ended = await started.ended;
    expect(ended.report?.findings.map(({ code, confidence }) => [code, confidence])).toEqual([
      ['api-server-unresponsive', 'proved'],
    ]);
    expect(ended.report?.findings[0]?.title).toMatch(/^the API server did not answer for at least (1\d|2[0-5]) s/);
    // Asked just after, Services may have no endpoints for some seconds: that follows, and nothing else fails.
    const unexplained = probesOf(ended).filter(({ id }) => ended.report?.unexplained.includes(id));
    expect(unexplained).toEqual([]);
    expect(probesOf(ended, 'pass').length).toBeGreaterThan(300);
    await bench.untilGone(120_000);
  }, 240_000);
});

describe('an API server that goes away while the suites run', () => {
  it(
    'ends no run: what was observed is reported, the rest is inconclusive, and what stays is named and can be ' +
      'removed later',
    async () => {
      const started = bench.start(['run', '--suite', 'pod-to-pod,coredns,ingress']);
      try {
        await started.says(/^.*pod-to-pod +ok/m);
        await bench.onNode(
          server,
          'sh',
          '-c',
          'touch /run/netwright/hold-kube-apiserver; kill -9 "$(cat /run/netwright/kube-apiserver.pid)"',
        );
        const ended = await started.ended;
        expect([ended.code, ended.report?.verdict]).toEqual([3, 'inconclusive']);
        expect(ended.report?.suites[0]).toMatchObject({ name: 'pod-to-pod', verdict: 'pass', passed: 13 });
        // Nothing that is ours may be taken for the network's: not one probe fails.
        expect(probesOf(ended, 'fail')).toEqual([]);
        expect(ended.report?.findings.filter(({ confidence }) => confidence === 'proved')).toEqual([]);
        expect(ended.report?.holes.map(({ why }) => why)).toContainEqual(
          expect.stringMatching(/could not be heard: the connection to the agent was lost \((connect|stream)\): /),
        );
        expect(ended.stderr.split('\n').at(-1)).toContain(
          'what the run made could not be removed: removing what Netwright made: the API server ' +
            'https://10.0.0.100:6443 refuses connections; netwright clean removes it',
        );
      } finally {
        await bench.onNode(server, 'rm', '-f', '/run/netwright/hold-kube-apiserver');
      }
      const cleaning = async () => bench.run(['clean']).then(({ code, stderr }) => ({ code, stderr }));
      await expect.poll(cleaning, LATER).toMatchObject({ code: 0 });
      await bench.untilGone(120_000);
      // What it left of the cluster is sound again: the next run says so.
      await expect.poll(async () => (await bench.run(['run', '--suite', 'overlay'])).code, LATER).toBe(0);
    },
    720_000,
  );
});
