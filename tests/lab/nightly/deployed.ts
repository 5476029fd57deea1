import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dumpYaml, loadAllYaml } from '@kubernetes/client-node';
import { RUNNER_IMAGE, writeRunnerImage } from './runner.ts';
import { labPaths } from '../../../lab/paths.ts';
import { run } from '../../../lab/run-in.ts';
import { labSsh } from '../../../lab/ssh.ts';
import { readState } from '../../../lab/state.ts';
import type { LabBench } from '../bench.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The image is brought to one node, as the volume is of one. */
export const NODE = 'k3s-worker-01';
const REPORTS = '/var/netwright-reports';

const volume = (storageClassName: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'netwright-reports' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    claimRef: { namespace: 'netwright', name: 'netwright-reports' },
    storageClassName,
    local: { path: REPORTS },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [NODE] }] }],
      },
    },
  },
});

/** What an operator of K3s writes beside: the image, settings, a time of its own, and who is told. */
function overlay(folder: string, settings: Record<string, string>, secrets: Record<string, string>): void {
  mkdirSync(folder);
  const [newName, newTag] = RUNNER_IMAGE.split(':');
  const named = { name: 'netwright', namespace: 'netwright' };
  const patches = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: named, data: settings },
    { apiVersion: 'batch/v1', kind: 'CronJob', metadata: named, spec: { schedule: '* * * * *' } },
  ];
  const kustomization = {
    resources: [relative(folder, join(root, 'deploy/kustomize/overlays/k3s'))],
    images: [{ name: 'registry.example/netwright', newName, newTag }],
    generatorOptions: { disableNameSuffixHash: true },
    secretGenerator: [{ ...named, literals: Object.entries(secrets).map(([key, value]) => `${key}=${value}`) }],
    patches: patches.map((patch) => ({ patch: dumpYaml(patch) })),
  };
  writeFileSync(join(folder, 'kustomization.yaml'), dumpYaml(kustomization));
}

/** The runner's image, made and brought to its node. */
async function bringImage(bench: LabBench, kubectl: string): Promise<void> {
  // A node has a /tmp of its own.
  const archive = join(dirname(labPaths(bench.status.name).kubeconfig), 'runner.tar');
  await writeRunnerImage(archive);
  const ctr = [join(dirname(kubectl), 'ctr'), '-a', '/run/containerd/containerd.sock', '-n', 'k8s.io'];
  const baseName = RUNNER_IMAGE.slice(0, RUNNER_IMAGE.lastIndexOf(':'));
  await bench.onNode(NODE, ...ctr, 'images', 'import', '--base-name', baseName, archive);
}

/** `deploy/` as an operator applies it, in a lab. */
export class Deployed {
  readonly #bench: LabBench;
  #objects = '';

  constructor(bench: LabBench) {
    this.#bench = bench;
  }

  /**
   * Applies it with a run a minute, and makes the image meanwhile. No pod starts before it can: its volume comes last.
   */
  async apply(settings: Record<string, string>, secrets: Record<string, string>): Promise<void> {
    const { kubectl, probeImage } = await readState(this.#bench.status.name);
    const folder = join(this.#bench.folder, 'overlay');
    overlay(
      folder,
      { NETWRIGHT_PROBE_IMAGE: probeImage, NETWRIGHT_PROBE_NODE_PATH: '/usr/bin/node', ...settings },
      secrets,
    );
    this.#objects = await run([kubectl, 'kustomize', folder]);
    await this.#bench.kubectl(['apply', '-f', '-'], this.#objects);
    await this.bringImage();
  }

  /** Makes the runner's image and brings it to its node, where it also makes room for the reports. */
  async bringImage(): Promise<void> {
    const { kubectl } = await readState(this.#bench.status.name);
    await Promise.all([bringImage(this.#bench, kubectl), this.#bench.onNode(NODE, 'mkdir', '-p', REPORTS)]);
  }

  /** Gives the claim its volume, as a provisioner of its class would. */
  async bindVolume(): Promise<void> {
    const name = await this.kubectl('get', 'pvc', 'netwright-reports', '-o', 'jsonpath={.spec.storageClassName}');
    await this.#bench.kubectl(['apply', '-f', '-'], dumpYaml(volume(name)));
  }

  /** Gives the nights from now on the lab's key, as docs/nightly.md does. */
  async logIn(): Promise<void> {
    const { user, privateKeyPath, knownHostsPath } = labSsh(this.#bench.status.name);
    const files = [`--from-file=key=${privateKeyPath}`, `--from-file=known_hosts=${knownHostsPath}`];
    await this.kubectl('create', 'secret', 'generic', 'netwright-ssh', ...files);
    const settings = { USER: user, KEY: '/ssh/key', KNOWN_HOSTS: '/ssh/known_hosts' };
    const named = Object.entries(settings).map(([name, value]) => `NETWRIGHT_SSH_${name}=${value}`);
    await this.kubectl('set', 'env', 'cronjob/netwright', ...named);
  }

  kubectl(...args: string[]): Promise<string> {
    return this.#bench.kubectl(['-n', 'netwright', ...args]);
  }

  /** The text of a file of the newest run, or one beside the runs' folders. */
  async read(file: string): Promise<string> {
    const path = file.startsWith('../') ? file.slice(3) : `$(ls -t ${REPORTS} | grep -m 1 ^2)/${file}`;
    return this.#bench.onNode(NODE, 'sh', '-c', `cat "${REPORTS}/${path}"`);
  }

  async remove(): Promise<void> {
    const wide = (loadAllYaml(this.#objects) as { kind: string; metadata: { namespace?: string } }[])
      .filter(({ kind, metadata }) => metadata.namespace !== 'netwright' && kind !== 'Namespace')
      .map((object) => dumpYaml(object));
    await this.#bench.kubectl(['delete', '--ignore-not-found', '-f', '-'], wide.join('---\n'));
    await this.#bench.kubectl(['delete', 'namespace', 'netwright', '--ignore-not-found']);
    await this.#bench.kubectl(['delete', 'pv', 'netwright-reports', '--ignore-not-found']);
    await this.#bench.onNode(NODE, 'rm', '-rf', REPORTS);
  }
}
