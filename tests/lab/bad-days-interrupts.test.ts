import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lab/run-in.ts';
import { LabBench, probesOf, type Started } from './bench.ts';

const INTERRUPTED = { what: 'everything after the interruption', why: 'the run was interrupted' };
/** After so long without a sign of life a run's lock may be taken over. */
const LOCK_MS = 30_000;
const server = 'k3s-master-01';
let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterEach(() => bench.untilGone());
afterAll(() => bench[Symbol.dispose]());

/** Processes of ours that are still there, of whatever run. */
const processes = async (): Promise<string[]> =>
  (await run(['ip', 'netns', 'pids', bench.status.runner])).split('\n').filter(Boolean);

async function killed(started: Started): Promise<void> {
  started.kill('SIGKILL');
  await started.ended;
  await expect.poll(processes, { timeout: 20_000 }).toEqual([]);
}

describe('Ctrl-C', () => {
  it('while probes are rolled out ends the run, and takes them away again', async () => {
    const started = bench.start(['run']);
    await started.says('rolling out probes');
    started.kill('SIGINT');
    const { code, stdout, stderr, report } = await started.ended;
    expect([code, stdout, report]).toEqual([130, '', undefined]);
    expect(stderr).toMatchInlineSnapshot(`
      "connecting
      rolling out probes on 3 nodes
      interrupted: cleaning up; once more to leave at once
      interrupted"
    `);
  });

  it('between suites still reports those that had ended, and calls the run inconclusive', async () => {
    const started = bench.start(['run']);
    await started.says(/^.*pod-to-pod +ok/m);
    started.kill('SIGINT');
    const { code, stdout, report, ...ended } = await started.ended;
    expect([code, report?.verdict, report?.holes[0]]).toEqual([130, 'inconclusive', INTERRUPTED]);
    expect(report?.suites[0]).toMatchObject({ name: 'pod-to-pod', verdict: 'pass', passed: 13 });
    expect(report?.suites.at(-1)).toMatchObject({ name: 'overlay', verdict: 'skipped' });
    expect(stdout).toContain('INCONCLUSIVE  not observed: everything after the interruption: the run was interrupted');
    expect(probesOf({ ...ended, code, stdout, report }, 'pass').length).toBeGreaterThan(100);
  });

  it(
    'in a terminal, which reaches every process of the run, reports what had been observed of the suite that was ' +
      'at work',
    async () => {
      const started = bench.start(['run']);
      await started.observes(1);
      started.kill('SIGINT', 'group');
      const ended = await started.ended;
      expect([ended.code, ended.report?.verdict, ended.report?.holes[0]]).toEqual([130, 'inconclusive', INTERRUPTED]);
      expect(ended.report?.counts.probes).toBe(probesOf(ended).length);
      expect(probesOf(ended, 'pass').length).toBeGreaterThan(0);
      expect(probesOf(ended, 'fail')).toEqual([]);
    },
  );

  it('while the diagnosis is at work leaves the report whole', async () => {
    const started = bench.start(['run', '--suite', 'cluster-ip']);
    await started.says('diagnosing');
    started.kill('SIGINT');
    const { code, report } = await started.ended;
    expect([code, report?.suites.map(({ name, verdict }) => `${name} ${verdict}`), report?.holes]).toEqual([
      130,
      ['cluster-ip pass'],
      [INTERRUPTED],
    ]);
  });

  it('pressed twice leaves at once, though the API server hangs, and netwright clean removes what stays', async () => {
    const started = bench.start(['run']);
    await started.says('rolling out probes');
    const pid = (await bench.onNode(server, 'cat', '/run/netwright/kube-apiserver.pid')).trim();
    await bench.onNode(server, 'kill', '-STOP', pid);
    try {
      started.kill('SIGINT');
      await started.says('interrupted: cleaning up; once more to leave at once');
      started.kill('SIGINT');
      const { code, stderr } = await started.ended;
      expect(code).toBe('SIGINT');
      expect(stderr).toMatch(/once more to leave at once$/);
    } finally {
      await bench.onNode(server, 'kill', '-CONT', pid);
    }
    expect(await bench.leftOver()).toContain('lease.coordination.k8s.io/netwright-run');
    expect((await bench.run(['clean'])).stdout).toContain('the run lock of ');
  });
});

describe('SIGTERM, as a pod gets that is driven away,', () => {
  it.each<[string, (started: Started) => Promise<void>]>([
    ['at the start', (started) => started.says('connecting')],
    ['amid the suites', (started) => started.observes(100)],
  ])('%s ends the run as Ctrl-C does', async (_moment, reached) => {
    const started = bench.start(['run']);
    await reached(started);
    started.kill('SIGTERM');
    expect((await started.ended).code).toBe(130);
  });
});

describe('a run that is killed', () => {
  it('leaves its probes and its lock, which netwright clean removes and names', async () => {
    const started = bench.start(['run']);
    await started.observes(1);
    await killed(started);
    const left = await bench.leftOver();
    expect(left.filter((name) => name.startsWith('namespace/'))).toHaveLength(2);
    expect(left).toContain('lease.coordination.k8s.io/netwright-run');
    const { code, stdout } = await bench.run(['clean']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN').replace(/ on \S+$/, ' on HOST')).toBe(
      'removed namespace netwright-RUN, namespace netwright-RUN-host, the run lock of RUN on HOST',
    );
    expect(await bench.run(['clean'])).toMatchObject({ code: 0, stdout: 'nothing of Netwright is on the cluster' });
  });

  it('is cleaned up after by the next run, once its lock has run out', async () => {
    const started = bench.start(['run']);
    await started.says('rolling out probes');
    await killed(started);
    expect(await bench.leftOver()).toContain('lease.coordination.k8s.io/netwright-run');
    expect((await bench.run(['run'])).stderr).toContain('another run is in progress on this cluster');
    // What waiting would do.
    const renewTime = new Date(Date.now() - LOCK_MS - 1_000).toISOString().replace('Z', '000Z');
    await bench.kubectl([
      '-n',
      'kube-system',
      'patch',
      'lease',
      'netwright-run',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { renewTime } }),
    ]);
    const next = await bench.run(['run', '--suite', 'cluster-ip']);
    expect([next.code, next.report?.verdict]).toEqual([0, 'healthy']);
  });
});
