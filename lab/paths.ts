import { homedir } from 'node:os';
import { join } from 'node:path';
import { NetwrightError } from '../helpers/errors.ts';

/**
 * Where everything is kept that is made once and used by many runs: outside the checkout, as the XDG base directory
 * specification has it.
 */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment['NETWRIGHT_CACHE_DIR'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netwright')
  );
}

/** Debian's names of the processors for which the lab is made, by Node's. */
const TRIPLETS: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Where packages that were unpacked below a root have their libraries, for a processor as Node calls it. */
export const debianLibraries = (root: string, arch: NodeJS.Architecture = process.arch): string =>
  join(root, 'usr/lib', TRIPLETS[arch] ?? '');

export const labsRoot = (): string => join(cacheRoot(), 'labs');

/** Interface and cgroup names are made from a lab's name; the kernel and `ip netns` take no more than this. */
const NAME_PATTERN = /^[a-z][a-z0-9-]{0,29}$/;

/** Throws a usage error for a name that cannot begin a namespace's. */
export function checkLabName(name: string): string {
  if (NAME_PATTERN.test(name)) return name;
  throw new NetwrightError(`"${name}" cannot name a lab`, {
    code: 'lab-name',
    hint: 'use lower-case letters, digits and dashes, beginning with a letter, 30 at most',
  });
}

export interface LabPaths {
  root: string;
  state: string;
  pki: string;
  kubeconfig: string;
  ssh: string;
  edge: string;
  logs: string;
  ingressCa: string;
  node: (name: string) => string;
}

/** The files of one lab. */
export function labPaths(name: string): LabPaths {
  const root = join(labsRoot(), name);
  return {
    root,
    state: join(root, 'lab.json'),
    pki: join(root, 'pki'),
    kubeconfig: join(root, 'kubeconfig'),
    ssh: join(root, 'ssh'),
    edge: join(root, 'edge'),
    logs: join(root, 'logs'),
    ingressCa: join(root, 'ingress-ca.pem'),
    node: (node) => join(root, 'nodes', node),
  };
}

export const namespaceOf = (lab: string, what: string): string => `${lab}-${what}`;

/**
 * The cgroup that holds every process of a lab, in each hierarchy: what belongs to a lab can be found whatever became
 * of its parents.
 */
export const cgroupOf = (lab: string): string => `netwright-${lab}`;
