import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAllYaml, dumpYaml } from '@kubernetes/client-node';
import pWaitFor from 'p-wait-for';
import { healFaults, injectFault } from '../../../lab/faults/lib/force.ts';
import { readState } from '../../../lab/state.ts';
import type { Desk } from './desk.ts';
import { commandsOf, replaced, section, yamlOf } from './typist.ts';

const DOCUMENT = 'docs/nightly.md';
const CAUSE = 'vxlan-port-filtered-in-path';

const waitFor = (what: string, holds: () => Promise<boolean>) =>
  pWaitFor(holds, { interval: 500, timeout: { milliseconds: 90_000, message: what } });

/** The lab's own part: settings for nodes without a registry, and a volume for those without a provisioner. */
async function labsPart({ bench, deployed }: Desk): Promise<void> {
  const { probeImage } = await readState(bench.status.name);
  const settings = [`NETWRIGHT_PROBE_IMAGE=${probeImage}`, 'NETWRIGHT_PROBE_NODE_PATH=/usr/bin/node'];
  const literals = settings.map((each) => `--from-literal=${each}`);
  await deployed.kubectl('create', 'secret', 'generic', 'netwright', ...literals);
  await deployed.bindVolume();
}

/** Prometheus with the entries that the document gives it, asked more often than a night needs. */
async function watch(desk: Desk, part: string): Promise<void> {
  const { folder, stands } = desk;
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    ...(yamlOf(replaced(part, stands)) as object),
  };
  await writeFile(join(folder, 'prometheus.yaml'), dumpYaml(config));
  desk.start(['prometheus-pushgateway', '--web.listen-address=:9091']);
  desk.start([
    'prometheus',
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=:9090',
    '--web.enable-lifecycle',
  ]);
}

/** An object of any form, as the operator's own definition lets it in. */
const PROMETHEUS_RULES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'prometheusrules.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    names: { kind: 'PrometheusRule', plural: 'prometheusrules', singular: 'prometheusrule' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** All that the document's first part deploys, taken away again. */
async function removed({ bench }: Desk, objects: string): Promise<void> {
  const wide = (loadAllYaml(objects) as { metadata: { namespace?: string } }[]).map((object) => dumpYaml(object));
  await bench.kubectl(['delete', '--ignore-not-found', '-f', '-'], wide.join('---\n'));
  await bench.kubectl(['delete', 'pv', 'netwright-reports', '--ignore-not-found']);
}

/** What a night of the deployed CronJob does that stands in no document: it is begun by hand. */
const tonight = (commands: string[]): string[] => commands.filter((command) => command.includes('job/tonight'));

/** Types docs/nightly.md's first part: from nothing to alerts, then the same by Helm. */
export async function typeNightly(desk: Desk): Promise<void> {
  const { typist, stands, bench, deployed } = desk;
  const part = section(DOCUMENT, 'In five minutes');
  await bench.kubectl(['apply', '-f', '-'], JSON.stringify(PROMETHEUS_RULES));
  await watch(desk, part);
  await deployed.bringImage();
  const begunMs = performance.now();
  const commands = commandsOf(part);
  const helm = commands.filter((command) => command.startsWith('helm '));
  for (const command of commands.filter((each) => !helm.includes(each) && !each.startsWith('docker '))) {
    const wants = command.includes('logs -f') ? /^HEALTHY {2}/m : undefined;
    await typist.type(replaced(command, stands), { wants });
    if (command.includes('kustomize')) await labsPart(desk);
  }
  await waitFor('Prometheus has the verdict', () => desk.hasAnswer('netwright_verdict{verdict="healthy"} == 1'));
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(0);
  process.stdout.write(`       from nothing to a night that Prometheus knows: ${seconds} s, without the image\n`);

  await injectFault(bench.status.name, `${CAUSE}/all`);
  try {
    await typist.type('kubectl -n netwright create job after --from=cronjob/netwright');
    await typist.type('kubectl -n netwright wait --for=condition=Failed job/after --timeout=5m');
    const firing = `ALERTS{alertname="NetwrightNewCause",alertstate="firing",code="${CAUSE}"}`;
    await waitFor('the alert of a new cause fires', () => desk.hasAnswer(firing));
    process.stdout.write('       NetwrightNewCause fires\n');
  } finally {
    await healFaults(bench.status.name);
  }
  await removed(desk, await typist.type('kubectl kustomize deploy/kustomize/base'));

  for (const command of helm) await typist.type(replaced(command, stands));
  await labsPart(desk);
  const create = commands.find((command) => command.includes('create job tonight')) ?? '';
  for (const command of [create, ...tonight(commands)])
    await typist.type(command, { wants: command.includes('logs -f') ? /^HEALTHY {2}/m : undefined });
}

/** Takes away what Helm installed. */
export async function leaveNightly(desk: Desk): Promise<void> {
  await desk.typist.type('helm uninstall netwright --namespace netwright');
  await desk.deployed.remove();
  await desk.bench.kubectl(['delete', 'crd', PROMETHEUS_RULES.metadata.name]);
}
