import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dumpYaml, type V1Container, type V1JobSpec } from '@kubernetes/client-node';
import { labPaths } from '../../../lab/paths.ts';
import { run } from '../../../lab/run-in.ts';
import { readState } from '../../../lab/state.ts';
import { NODE } from '../../../tests/lab/nightly/deployed.ts';
import { root } from '../../generated/document.ts';
import type { Desk } from './desk.ts';
import { commandsOf, replaced, section, yamlOf } from './typist.ts';

const DOCUMENT = 'docs/ci.md';

interface Rollout {
  metrics: [{ provider: { job: { spec: V1JobSpec } } }];
}
interface Plan {
  spec: { prepare: { image: string; args: string[] } };
}

/** A Job as another program makes it of what the document has, in the deployed namespace. */
const jobOf = (name: string, spec: V1JobSpec) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'netwright' },
  spec,
});

/** On a lab the probes' image and its Node are told by the Secret that the CronJob reads too. */
const ON_LAB = { envFrom: [{ secretRef: { name: 'netwright' } }] };

/** The lab has the image on one node. */
function onNode(spec: V1JobSpec): V1JobSpec {
  const placed = structuredClone(spec);
  if (placed.template.spec) placed.template.spec.nodeName = NODE;
  return placed;
}

async function typeJob({ typist, folder, stands }: Desk, name: string, spec: V1JobSpec): Promise<void> {
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, replaced(dumpYaml(jobOf(name, onNode(spec))), stands));
  await typist.type(`kubectl apply -f ${path}`);
  await typist.type(`kubectl -n netwright wait --for=condition=Complete job/${name} --timeout=2m`);
  await typist.type(`kubectl -n netwright logs job/${name}`, { wants: /^HEALTHY {2}/m });
}

/** The package as npm packs it, in a project of its own: `npx netwright` then finds it there. */
async function installed({ folder, bench }: Desk): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(project);
  await run(['npm', 'run', '--silent', 'build'], { cwd: root });
  await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  await run(['bash', '-c', `npm init -y && npm install -D ${folder}/netwright-*.tgz`], { cwd: project });
  const { probeImage } = await readState(bench.status.name);
  const settings = `NETWRIGHT_PROBE_IMAGE=${probeImage}\nNETWRIGHT_PROBE_NODE_PATH=/usr/bin/node\n`;
  await writeFile(join(project, '.env'), settings);
  return project;
}

/** Types what docs/ci.md has for each of those who run it. Needs the namespace and roles of docs/nightly.md. */
export async function typeGate(desk: Desk): Promise<void> {
  const { typist, folder, stands, bench } = desk;
  const cwd = await installed(desk);
  const introduction = (await readFile(join(root, DOCUMENT), 'utf8')).split('\n## ')[0] ?? '';
  for (const command of commandsOf(introduction)) {
    // A lack that doctor names is no error of the document's.
    const isRun = command.endsWith(' run');
    await typist.type(command, { cwd, codes: isRun ? [0] : [0, 3], wants: isRun ? /^HEALTHY {2}/m : undefined });
  }
  const [, jenkins = ''] = /sh\(script: '([^']+)'/.exec(section(DOCUMENT, 'Jenkins')) ?? [];
  await typist.type(jenkins, { cwd, wants: /^HEALTHY {2}/m });

  const { metrics } = yamlOf(section(DOCUMENT, 'Argo Rollouts')) as Rollout;
  const { spec } = metrics[0].provider.job;
  for (const container of spec.template.spec?.containers ?? []) Object.assign(container, ON_LAB);
  await typeJob(desk, 'rollout', spec);

  const { prepare } = (yamlOf(section(DOCUMENT, 'system-upgrade-controller')) as Plan).spec;
  // The account of the controller itself gives its token to each of its pods.
  const upgrade = {
    serviceAccountName: 'netwright',
    automountServiceAccountToken: true,
    restartPolicy: 'Never',
  };
  const containers: V1Container[] = [{ name: 'prepare', ...prepare, ...ON_LAB }];
  await typeJob(desk, 'upgrade', { backoffLimit: 0, template: { spec: { ...upgrade, containers } } });

  const chart = join(folder, 'hooked');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: hooked\nversion: 1.0.0\n');
  const annotations = Object.fromEntries(
    [...section(DOCUMENT, 'Helm hooks').matchAll(/`(helm\.sh\/[a-z-]+): ([a-z-]+)`/g)].map(([, key, value]) => [
      key,
      value,
    ]),
  );
  const hook = { ...jobOf('hook', onNode(spec)), metadata: { name: 'hook', namespace: 'netwright', annotations } };
  await writeFile(join(chart, 'templates', 'gate.yaml'), replaced(dumpYaml(hook), stands));
  await typist.type(`helm install hooked ${chart} && helm upgrade hooked ${chart} && helm uninstall hooked`);

  const tasks = yamlOf(section(DOCUMENT, 'Ansible'));
  await writeFile(join(cwd, 'play.yaml'), dumpYaml([{ hosts: 'localhost', gather_facts: false, tasks }]));
  const ansible = join(folder, 'ansible');
  await run(['bash', '-c', `python3 -m venv ${ansible} && ${ansible}/bin/pip install -q ansible-core`]);
  const { kubeconfig } = labPaths(bench.status.name);
  await typist.type(`${ansible}/bin/ansible-playbook -e kubeconfig=${kubeconfig} play.yaml`, {
    cwd,
    wants: /failed=0/,
  });
}
