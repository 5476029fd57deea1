import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Job, V1JobList, V1PodList } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { LabBench } from './bench.ts';
import { Deployed } from './nightly/deployed.ts';
import { Receiver } from './nightly/receiver.ts';

const CAUSE = 'vxlan-port-filtered-in-path';
const WITHOUT_SSH = 'SSH to the nodes is not configured';
let bench: LabBench;
let deployed: Deployed;
let receiver: Receiver;

beforeAll(async () => {
  bench = await LabBench.open();
  deployed = new Deployed(bench);
  receiver = await Receiver.start(bench);
  await deployed.apply(
    { NETWRIGHT_PROFILE: 'gate', NETWRIGHT_NAMESPACE: 'keybuzz', NETWRIGHT_METRICS_FILE: '/reports/netwright.prom' },
    { NETWRIGHT_WEBHOOK: receiver.url('/hook'), NETWRIGHT_PING: receiver.url('/ping') },
  );
}, 240_000);
afterAll(async () => {
  await healFaults(bench.status.name);
  await deployed.remove();
  await receiver[Symbol.asyncDispose]();
  bench[Symbol.dispose]();
}, 120_000);

/** The Job that the CronJob's own schedule makes, with no other to follow. */
async function scheduledJob(): Promise<V1Job['metadata']> {
  for (;;) {
    const { items } = JSON.parse(await deployed.kubectl('get', 'jobs', '-o', 'json')) as V1JobList;
    if (items[0]) {
      await deployed.kubectl('patch', 'cronjob', 'netwright', '-p', '{"spec":{"suspend":true}}');
      return items[0].metadata;
    }
    await sleep(500);
  }
}

async function endOf(job: string): Promise<string> {
  for (;;) {
    const { status } = JSON.parse(await deployed.kubectl('get', 'job', job, '-o', 'json')) as V1Job;
    const end = status?.conditions?.find(
      (each) => ['Complete', 'Failed'].includes(each.type) && each.status === 'True',
    );
    if (end) return `${end.type} ${end.reason ?? ''}`.trim();
    await sleep(500);
  }
}

/** What a night left: its Job's end, its pods' exit codes, its words, and what was told of it. */
async function leftBy(job: string) {
  const condition = await endOf(job);
  const pods = JSON.parse(await deployed.kubectl('get', 'pods', '-l', `job-name=${job}`, '-o', 'json')) as V1PodList;
  const log = await deployed.kubectl('logs', `job/${job}`);
  const codes = pods.items.map((pod) => pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode);
  if (codes.some((code) => code !== 0 && code !== 1)) throw new Error(`${condition}, ${codes.join(' ')}: ${log}`);
  const report = JSON.parse(await deployed.read('report.json')) as RunReport;
  const told = receiver.taken();
  return {
    codes,
    condition,
    log,
    report,
    states: [...new Set((report.changes?.problems ?? []).map(({ code, state }) => `${state} ${code}`))],
    summary: await deployed.read('summary.md'),
    metrics: await deployed.read('../netwright.prom'),
    pings: told.flatMap(({ path }) => (path.startsWith('/ping') ? [path] : [])),
    notices: told.flatMap(({ path, body }) => (path === '/hook' ? [JSON.parse(body) as Record<string, unknown>] : [])),
  };
}

const skippedFor = ({ symptoms }: RunReport, why: string) =>
  symptoms.flatMap(({ title, text }) => (text?.includes(why) ? [title] : []));

async function night(name: string) {
  await deployed.kubectl('create', 'job', name, '--from=cronjob/netwright');
  return leftBy(name);
}

test('Nights from the ServiceAccount alone: healthy, then a fault that is new, still there, and mended', async () => {
  const scheduled = await scheduledJob();
  expect(scheduled?.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'netwright' }]);
  await deployed.bindVolume();
  const healthy = await leftBy(scheduled?.name ?? '');
  expect([healthy.codes, healthy.condition]).toEqual([[0], expect.stringMatching(/^Complete/)]);
  expect(healthy.log).toMatch(/^HEALTHY/m);
  expect([healthy.notices, healthy.pings]).toEqual([[], ['/ping/start', '/ping']]);
  expect(healthy.report.cluster).toMatchObject({ name: 'in-cluster', id: expect.any(String) as string });
  // From a pod nothing is from outside: the ports of the ingress are asked from other nodes.
  const outside = healthy.report.symptoms.filter(({ text }) => text?.includes('Netwright runs in the cluster'));
  expect(new Set(outside.map(({ suite }) => suite))).toEqual(new Set(['node-port', 'ingress']));
  const ingress = healthy.report.symptoms.filter(({ suite, verdict }) => suite === 'ingress' && verdict === 'pass');
  expect(ingress.map(({ title }) => title)).toContain(
    'every host answers over https on every node that runs the ingress',
  );

  await injectFault(bench.status.name, `${CAUSE}/all`);
  const broken = await night('second');
  // Code 1 is not tried again.
  expect([broken.codes, broken.condition]).toEqual([[1], 'Failed PodFailurePolicy']);
  expect(broken.report.findings).toMatchObject([{ code: CAUSE, confidence: 'proved' }]);
  expect([broken.states, broken.pings]).toEqual([[`new ${CAUSE}`], ['/ping/start', '/ping/fail']]);
  expect(broken.notices).toMatchObject([{ verdict: 'unhealthy', previousVerdict: 'healthy', mended: [] }]);
  expect(broken.log).toMatch(new RegExp(`^UNHEALTHY[^]*new +${CAUSE}`, 'm'));
  expect(broken.metrics).toMatch(new RegExp(`netwright_problems\\{.*${CAUSE}.*state="new"`));

  await deployed.logIn();
  const still = await night('third');
  await healFaults(bench.status.name);
  expect([still.codes, still.states, still.notices]).toEqual([[1], [`still ${CAUSE}`], []]);
  // With a key beside the ServiceAccount the nodes are asked by SSH as well.
  expect([skippedFor(broken.report, WITHOUT_SSH), skippedFor(still.report, WITHOUT_SSH)]).toEqual([
    [expect.stringContaining('localhost')],
    [],
  ]);
  expect(still.log).toMatch(new RegExp(`still there +${CAUSE}`));

  const after = await night('fourth');
  expect([after.codes, after.states]).toEqual([[0], [`mended ${CAUSE}`]]);
  expect(after.notices).toMatchObject([{ verdict: 'healthy', previousVerdict: 'unhealthy', new: [] }]);
  expect([after.log, after.summary]).toEqual([
    expect.stringMatching(new RegExp(`mended +${CAUSE}`)),
    expect.stringContaining('mended'),
  ]);
  expect(after.metrics).toMatch(/netwright_verdict\{.*"healthy"\} 1/);
  expect((await deployed.read('../allure-history.jsonl')).trim().split('\n')).toHaveLength(4);
}, 300_000);
