import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCalico } from '../makes/network.ts';
import { isLight } from '../makes/nodes.ts';
import type { LabSettings } from '../makes/settings.ts';
import { run } from '../run-in.ts';
import { CALICO } from './calico.ts';
import type { Component } from './component.ts';
import { LIGHT } from './light.ts';
import type { SetupStep } from './step.ts';

/** The one that all Kubernetes programs are told they are: without it clients would see v0.0.0. */
export const KUBERNETES_VERSION = 'v1.34.4';

export const kubernetesFlags = (): string => {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
  const set = (name: string, value: string) => `-X k8s.io/component-base/version.${name}=${value}`;
  return [
    set('gitVersion', KUBERNETES_VERSION),
    set('gitMajor', major ?? ''),
    set('gitMinor', minor ?? ''),
    set('gitTreeState', 'clean'),
  ].join(' ');
};

/** What a lab needs beside the programs that every lab does. */
export type Wanted = Pick<LabSettings, 'policy' | 'network' | 'nodes'>;

const kubernetes = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]));

/** The longest first: what is left is then known best. */
export const COMPONENTS: Component[] = [
  {
    name: 'kubernetes',
    programs: kubernetes([
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
      'kubeadm',
      'kubectl',
    ]),
    estimateMs: 292_000,
    flags: kubernetesFlags(),
  },
  { name: 'coredns', programs: { coredns: 'github.com/coredns/coredns' }, estimateMs: 62_000 },
  // Its udp backend is C.
  { name: 'flannel', programs: { flanneld: 'github.com/flannel-io/flannel' }, estimateMs: 45_000, cgo: true },
  {
    name: 'containerd',
    programs: Object.fromEntries(
      ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => [
        name,
        `github.com/containerd/containerd/v2/cmd/${name}`,
      ]),
    ),
    estimateMs: 45_000,
    tags: 'no_btrfs no_devmapper no_zfs',
  },
  { name: 'etcd', programs: { etcd: 'go.etcd.io/etcd/server/v3' }, estimateMs: 20_000 },
];

/** Built only for labs that ask for it: K3s embeds its policy controller. Measured on two busy cores. */
const POLICY: Component = {
  name: 'kube-router',
  programs: { 'kube-router': 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' },
  estimateMs: 180_000,
};

const sourceOf = (name: string): string => fileURLToPath(new URL(`../components/${name}`, import.meta.url));

/** A folder of its own for whatever changes what is built: module, sums, flags and toolchain. */
export async function folderOf(root: string, component: Component): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(component)).update(process.arch);
  const tools = existsSync(join(sourceOf(component.name), 'tools.go')) ? ['tools.go'] : [];
  for (const file of ['go.mod', 'go.sum', ...tools, ...(component.sources ?? [])])
    hash.update(await readFile(join(sourceOf(component.name), file)));
  return join(root, `${component.name}-${hash.digest('hex').slice(0, 12)}`);
}

/** Puts beside a component's programs their other names, and the folders that it takes from its modules. */
async function addTo(target: string, { name, links = {}, folders = {} }: Component): Promise<void> {
  for (const [other, program] of Object.entries(links)) await link(join(target, program), join(target, other));
  for (const [folder, source] of Object.entries(folders)) {
    const [module = '', path = ''] = source.split(':');
    const root = await run(['go', 'list', '-m', '-f', '{{.Dir}}', module], { cwd: sourceOf(name) });
    await cp(join(root.trim(), path), join(target, folder), { recursive: true });
  }
}

const goEnvironment = ({ cgo }: Component) => ({ CGO_ENABLED: cgo ? '1' : '0', GOFLAGS: '' });

/** Fetches the modules of a component by asking what its programs are made of. */
async function fetchModules(component: Component, signal: AbortSignal): Promise<void> {
  const { name, programs, tests = {}, tags } = component;
  const list = ['go', 'list', '-mod=readonly', '-deps', '-f', '', ...(tags ? ['-tags', tags] : [])];
  const options = { cwd: sourceOf(name), env: goEnvironment(component), cancelSignal: signal };
  await run([...list, ...Object.values(programs)], options);
  if (Object.keys(tests).length > 0) await run([...list, '-test', ...Object.values(tests)], options);
}

async function build(
  component: Component,
  target: string,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { name, programs, tests = {}, tags, flags } = component;
  await mkdir(join(target, '..'), { recursive: true });
  const scratch = await mkdtemp(`${target}.`);
  try {
    report(`building ${Object.keys({ ...programs, ...tests }).join(', ')}`);
    const how = ['-mod=readonly', '-trimpath', ...(tags ? ['-tags', tags] : []), '-ldflags', `-s -w ${flags ?? ''}`];
    const options = { cwd: sourceOf(name), env: goEnvironment(component), cancelSignal: signal };
    await run(['go', 'build', ...how, '-o', `${scratch}/`, ...Object.values(programs)], options);
    for (const [program, path] of Object.entries(tests))
      await run(['go', 'test', '-c', ...how, '-o', join(scratch, program), path], options);
    // go names a program after the last part of its import path, which a version may be.
    const built = await readdir(scratch);
    for (const [program, path] of Object.entries(programs)) {
      const goName = path
        .split('/')
        .filter((part) => !/^v\d+$/.test(part))
        .at(-1) as string;
      if (goName !== program && built.includes(goName)) await rename(join(scratch, goName), join(scratch, program));
    }
    await addTo(scratch, component);
    await rename(scratch, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const wanted = (want: Wanted): Component[] => [
  ...COMPONENTS,
  ...(want.policy === POLICY.name ? [POLICY] : []),
  ...(isCalico(want) ? [CALICO] : []),
  ...(isLight(want) ? [LIGHT] : []),
];

/** Builds a component into a folder of its own that is there whole or not at all. */
export const buildStep = (root: string, component: Component): SetupStep => ({
  title: component.name,
  estimateMs: component.estimateMs,
  isDone: async () => existsSync(await folderOf(root, component)),
  fetch: (signal) => fetchModules(component, signal),
  run: async (report, signal) => build(component, await folderOf(root, component), report, signal),
});

/** One step a component. */
export const componentSteps = (root: string, want: Wanted): SetupStep[] =>
  wanted(want).map((component) => buildStep(root, component));

export async function componentsAreBuilt(root: string, want: Wanted): Promise<boolean> {
  const folders = await Promise.all(wanted(want).map((component) => folderOf(root, component)));
  return folders.every((folder) => existsSync(folder));
}

/** Where the policy controller is, or will be, in a folder apart from the programs that every lab needs. */
export const policyDirOf = (root: string): Promise<string> => folderOf(root, POLICY);

/** The same of Calico. */
export const calicoDirOf = (root: string): Promise<string> => folderOf(root, CALICO);

/** The same of the program that plays kubelet for light nodes. */
export const lightDirOf = (root: string): Promise<string> => folderOf(root, LIGHT);

/** One folder with all programs, by hard links; named after what is in it. */
export async function binDirOf(root: string): Promise<string> {
  const folders = await Promise.all(COMPONENTS.map((component) => folderOf(root, component)));
  return join(root, `bin-${createHash('sha256').update(folders.join()).digest('hex').slice(0, 12)}`);
}

export function binStep(root: string): SetupStep {
  return {
    title: 'programs',
    estimateMs: 500,
    isDone: async () => existsSync(await binDirOf(root)),
    run: async () => {
      const target = await binDirOf(root);
      const scratch = await mkdtemp(`${target}.`);
      for (const component of COMPONENTS) {
        const folder = await folderOf(root, component);
        for (const program of await readdir(folder))
          await link(join(folder, program), join(scratch, program)).catch(() =>
            cp(join(folder, program), join(scratch, program)),
          );
      }
      await rename(scratch, target);
    },
  };
}
