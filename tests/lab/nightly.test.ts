import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { dumpYaml, type V1Job, type V1PodList } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { RUNNER_IMAGE, writeRunnerImage } from '../../lab/images/runner.ts';
import { run } from '../../lab/run-in.ts';
import { readState } from '../../lab/state.ts';
import { LabBench } from './bench.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] ?? '';
const root = fileURLToPath(new URL('../..', import.meta.url));
/** The image is brought to one node, as the volume is of one. */
const NODE = 'k3s-worker-01';
const REPORTS = '/var/netwright-reports';
const CAUSE = 'vxlan-port-filtered-in-path';
let bench: LabBench;

/** What an operator would write beside the base: the image, settings, and here a volume of one node. */
function overlay(settings: Record<string, string>): string {
  const folder = join(bench.folder, 'overlay');
  mkdirSync(folder);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'netwright-reports' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: 'netwright', name: 'netwright-reports' },
      local: { path: REPORTS },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [NODE] }] },
          ],
        },
      },
    },
  };
  writeFileSync(join(folder, 'volume.yaml'), dumpYaml(volume));
  const [name, tag] = RUNNER_IMAGE.split(':');
  const kustomization = {
    resources: [relative(folder, join(root, 'deploy/kustomize/base')), 'volume.yaml'],
    images: [{ name: 'registry.example/netwright', newName: name, newTag: tag }],
    patches: [
      {
        patch: dumpYaml({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'netwright', namespace: 'netwright' },
          data: settings,
        }),
      },
    ],
  };
  writeFileSync(join(folder, 'kustomization.yaml'), dumpYaml(kustomization));
  return folder;
}

beforeAll(async () => {
  bench = await LabBench.open(lab);
  const { kubectl, probeImage } = await readState(lab);
  const archive = join(bench.folder, 'runner.tar');
  await writeRunnerImage(archive);
  const bring = ['images', 'import', '--base-name', RUNNER_IMAGE.slice(0, RUNNER_IMAGE.lastIndexOf(':')), archive];
  const ctr = [join(dirname(kubectl), 'ctr'), '-a', '/run/containerd/containerd.sock', '-n', 'k8s.io'];
  await bench.onNode(NODE, ...ctr, ...bring);
  await bench.onNode(NODE, 'mkdir', '-p', REPORTS);
  const folder = overlay({
    NETWRIGHT_PROFILE: 'gate',
    NETWRIGHT_NAMESPACE: 'keybuzz',
    NETWRIGHT_PROBE_IMAGE: probeImage,
    NETWRIGHT_PROBE_NODE_PATH: '/usr/bin/node',
    NETWRIGHT_HTML_REPORT: '0',
  });
  await bench.kubectl(['apply', '-f', '-'], await run([kubectl, 'kustomize', folder]));
}, 240_000);
afterAll(async () => {
  await healFaults(lab);
  await bench.kubectl(['delete', 'namespace', 'netwright', '--wait=false', '--ignore-not-found']);
  await bench.kubectl(['delete', 'pv', 'netwright-reports', '--wait=false', '--ignore-not-found']);
  const roles = ['netwright', 'netwright-canary', 'netwright-diagnosis'];
  await bench.kubectl(['delete', 'clusterroles,clusterrolebindings', ...roles, '--ignore-not-found']);
  const narrow = ['netwright-lock', 'netwright-diagnosis'];
  await bench.kubectl(['-n', 'kube-system', 'delete', 'roles,rolebindings', ...narrow, '--ignore-not-found']);
  await bench.onNode(NODE, 'rm', '-rf', REPORTS);
  bench[Symbol.dispose]();
}, 120_000);

interface Night {
  /** Exit codes of the pods, one a try. */
  codes: (number | undefined)[];
  /** The last condition of the Job. */
  condition?: string;
  log: string;
  report: RunReport;
}

const inNamespace = (...args: string[]) => bench.kubectl(['-n', 'netwright', ...args]);

/** Lets the CronJob fire now, and waits for its Job's end. */
async function night(name: string): Promise<Night> {
  await inNamespace('create', 'job', name, '--from=cronjob/netwright');
  const endsAt = Date.now() + 200_000;
  for (;;) {
    const { status } = JSON.parse(await inNamespace('get', 'job', name, '-o', 'json')) as V1Job;
    const end = status?.conditions?.find(
      (each) => ['Complete', 'Failed'].includes(each.type) && each.status === 'True',
    );
    if (!end && Date.now() < endsAt) {
      await sleep(1_000);
      continue;
    }
    const pods = JSON.parse(await inNamespace('get', 'pods', '-l', `job-name=${name}`, '-o', 'json')) as V1PodList;
    const folder = (await bench.onNode(NODE, 'sh', '-c', `ls -td ${REPORTS}/2*/ | head -n 1`)).trim();
    return {
      codes: pods.items.map((pod) => pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode),
      condition: end ? `${end.type} ${end.reason ?? ''}`.trim() : `none: ${JSON.stringify(pods.items[0]?.status)}`,
      log: await inNamespace('logs', `job/${name}`),
      report: JSON.parse(await bench.onNode(NODE, 'cat', `${folder}/report.json`)) as RunReport,
    };
  }
}
const states = ({ report }: Night) => [
  ...new Set((report.changes?.problems ?? []).map(({ code, state }) => `${state} ${code}`)),
];

test('Three nights in the cluster, from its ServiceAccount alone: healthy, a fault that is new, and one that is mended', async () => {
  const healthy = await night('first');
  expect([healthy.codes, healthy.condition, healthy.log]).toEqual([
    [0],
    expect.stringMatching(/^Complete/),
    expect.stringMatching(/^HEALTHY/m),
  ]);
  expect(healthy.report.cluster).toMatchObject({ name: 'in-cluster', id: expect.any(String) });
  const outside = healthy.report.symptoms.filter(({ text }) => text?.includes('Netwright runs in the cluster'));
  expect(new Set(outside.map(({ suite }) => suite))).toEqual(new Set(['node-port', 'ingress']));

  await injectFault(lab, `${CAUSE}/all`);
  const broken = await night('second');
  await healFaults(lab);
  // Code 1 is not tried again.
  expect([broken.codes, broken.condition]).toEqual([[1], 'Failed PodFailurePolicy']);
  expect(broken.log).toMatch(/^UNHEALTHY/m);
  expect(broken.log).toContain(`new           ${CAUSE}`);
  expect(states(broken)).toEqual([`new ${CAUSE}`]);
  expect(broken.report.findings).toMatchObject([{ code: CAUSE, confidence: 'proved' }]);

  const after = await night('third');
  expect([after.codes, states(after)]).toEqual([[0], [`mended ${CAUSE}`]]);
}, 600_000);
