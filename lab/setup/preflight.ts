import { accessSync, constants } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { totalmem } from 'node:os';
import { NetwrightError } from '../../helpers/errors.ts';
import { run } from '../run-in.ts';

/** What the lab needs of a machine, as it was found. */
export interface MachineFacts {
  platform: string;
  arch: string;
  isRoot: boolean;
  /** Error text of a trial; undefined when it went well. */
  namespaces?: string;
  vxlan?: string;
  bridgeNetfilter?: string;
  overlayfs: boolean;
  hasApt: boolean;
  /** Version of Go, as `go env GOVERSION` says it. */
  goVersion?: string;
  freeGiB: number;
  memoryGiB: number;
}

export interface Missing {
  what: string;
  why: string;
}

/** Measured: caches of Go's builds 4 GiB, components 1 GiB, images and nodes 2 GiB. */
const FREE_GIB = 8;
/** Measured for the small lab with a run on it; kubeadm asks for 2 as well. */
const MEMORY_GIB = 2;

function goIsOld(version: string, needed: string): boolean {
  const numbers = (text: string) => (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  const [major = 0, minor = 0] = numbers(version);
  const [neededMajor = 0, neededMinor = 0] = numbers(needed);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

/**
 * What is missing, and why it is needed. `builds` says whether components must still be built, `installs` whether
 * packages must. Pure.
 */
export function missingOf(
  facts: MachineFacts,
  { builds, installs, go }: { builds: boolean; installs: boolean; go: string },
): Missing[] {
  const missing: Missing[] = [];
  const need = (bad: boolean, what: string, why: string) => void (bad && missing.push({ what, why }));
  if (facts.platform !== 'linux')
    return [{ what: `Linux (this is ${facts.platform})`, why: 'nodes are Linux network namespaces' }];
  need(
    !['x64', 'arm64'].includes(facts.arch),
    `an x64 or arm64 processor (this is ${facts.arch})`,
    'the components are built and tested there',
  );
  need(!facts.isRoot, 'root', 'network namespaces, mounts and cgroups are made and removed');
  if (!facts.isRoot) return missing;
  need(
    facts.namespaces !== undefined,
    `permission to make namespaces (${facts.namespaces})`,
    'every node has its own network, mount, UTS, IPC and PID namespace',
  );
  need(
    facts.vxlan !== undefined,
    `the kernel's vxlan and bridge devices (${facts.vxlan})`,
    'flannel makes its overlay of them',
  );
  need(
    facts.bridgeNetfilter !== undefined,
    `the kernel module br_netfilter (${facts.bridgeNetfilter})`,
    'Services must work between pods of one node',
  );
  need(!facts.overlayfs, 'the overlay filesystem', 'containers and nodes are laid over shared files');
  need(
    installs && !facts.hasApt,
    'apt-get',
    'runc, iptables, nftables and some more come from Debian or Ubuntu packages',
  );
  need(builds && facts.goVersion === undefined, 'Go', 'the Kubernetes components are built from source, once');
  need(
    builds && facts.goVersion !== undefined && goIsOld(facts.goVersion, go),
    `Go ${go} or newer (this is ${facts.goVersion})`,
    'the Kubernetes components are built from source, once',
  );
  need(
    builds && facts.freeGiB < FREE_GIB,
    `${FREE_GIB} GiB of free disk (there are ${facts.freeGiB.toFixed(1)})`,
    'the builds and their caches take that',
  );
  need(
    facts.memoryGiB < MEMORY_GIB,
    `${MEMORY_GIB} GiB of memory (there are ${facts.memoryGiB.toFixed(1)})`,
    'three nodes and a control plane take that',
  );
  return missing;
}

/** The first program of that name on PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, '/usr/sbin', '/sbin', '/usr/bin']
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function trial(argv: string[]): Promise<string | undefined> {
  try {
    await run(argv);
    return undefined;
  } catch (error) {
    const text =
      ((error as { stderr?: string }).stderr ?? '') || (error instanceof Error ? error.message : String(error));
    return text.trim().split('\n').at(-1);
  }
}

/** Looks at this machine, trying in namespaces of its own what can only be tried. */
export async function readMachine(cacheFolder: string): Promise<MachineFacts> {
  const isRoot = process.getuid?.() === 0;
  const filesystems = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  const space = await statfs(cacheFolder).catch(() => statfs('/'));
  const unshare = ['unshare', '--net', '--mount', '--uts', '--ipc', '--pid', '--fork'];
  if (isRoot) await trial(['modprobe', '-a', 'vxlan', 'br_netfilter', 'overlay', 'nf_tables']);
  return {
    platform: process.platform,
    arch: process.arch,
    isRoot,
    ...(isRoot && {
      namespaces: await trial([...unshare, 'true']),
      vxlan: findProgram('ip')
        ? await trial([
            ...unshare,
            'sh',
            '-c',
            'ip link add v0 type vxlan id 1 dstport 8472 && ip link add b0 type bridge',
          ])
        : undefined,
      bridgeNetfilter: await trial([...unshare, 'sh', '-c', 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables']),
    }),
    overlayfs: /\boverlay\b/.test(filesystems) || (await trial(['modprobe', 'overlay'])) === undefined,
    hasApt: findProgram('apt-get') !== undefined,
    goVersion: findProgram('go')
      ? (await run(['go', 'env', 'GOVERSION'], { reject: false })).trim() || undefined
      : undefined,
    freeGiB: (space.bavail * space.bsize) / 2 ** 30,
    memoryGiB: totalmem() / 2 ** 30,
  };
}

/** Throws one usage error that lists all that is missing, with what can be done in place of a lab. */
export function refuseIfMissing(missing: Missing[]): void {
  if (missing.length === 0) return;
  throw new NetwrightError(
    `the lab cannot run here; it needs\n${missing.map(({ what, why }) => `  - ${what}: ${why}`).join('\n')}`,
    {
      code: 'machine-unfit',
      hint:
        'or point Netwright at a cluster of your own, which needs none of this: NETWRIGHT_KUBECONFIG=<file> npx ' +
        'netwright run',
    },
  );
}
