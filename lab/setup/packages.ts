import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run-in.ts';
import { findProgram } from './preflight.ts';
import type { SetupStep } from './step.ts';

/** Programs that the lab runs from the host, and the Debian packages that have them. None of these starts a service. */
const INSTALLED: Record<string, string> = {
  runc: 'runc',
  iptables: 'iptables',
  nft: 'nftables',
  ip: 'iproute2',
  conntrack: 'conntrack',
  ethtool: 'ethtool',
  tcpdump: 'tcpdump',
  ping: 'iputils-ping',
  'ssh-keygen': 'openssh-client',
  ipset: 'ipset',
  modprobe: 'kmod',
  umoci: 'umoci',
  curl: 'curl',
  openssl: 'openssl',
  sysctl: 'procps',
};

export const CNI_BIN_DIR = '/usr/lib/cni';
const CNI_PACKAGE = 'containernetworking-plugins';

const environment = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };

/** Packages whose programs this host lacks. */
export function missingPackages(): string[] {
  const programs = Object.entries(INSTALLED).flatMap(([program, name]) => (findProgram(program) ? [] : [name]));
  return [...programs, ...(existsSync(join(CNI_BIN_DIR, 'bridge')) ? [] : [CNI_PACKAGE])];
}

let listsAreFresh = false;

async function apt(args: string[], options: { cwd?: string; signal?: AbortSignal } = {}): Promise<string> {
  const argv = ['apt-get', '-q', '-y', '-o', 'Dpkg::Use-Pty=0', '-o', 'APT::Sandbox::User=root', ...args];
  const attempt = () => run(argv, { env: environment, cwd: options.cwd, cancelSignal: options.signal, all: true });
  try {
    return await attempt();
  } catch (error) {
    // Package lists may be old or not there at all; they are fetched when they are first missed.
    if (listsAreFresh || options.signal?.aborted) throw error;
    await run(['apt-get', '-q', 'update'], { env: environment, cancelSignal: options.signal });
    listsAreFresh = true;
    return attempt();
  }
}

export function installStep(): SetupStep {
  return {
    title: 'Debian packages',
    estimateMs: 25_000,
    isDone: async () => missingPackages().length === 0,
    run: async (report, signal) => {
      const missing = missingPackages();
      report(`installing ${missing.join(' ')}`);
      await apt(['install', '--no-install-recommends', ...missing], { signal });
    },
  };
}

/** Names of the packages that these need and the host does not have, themselves among them. */
async function closureOf(packages: string[], signal: AbortSignal): Promise<string[]> {
  const output = await apt(['install', '--simulate', '--no-install-recommends', '--reinstall', ...packages], {
    signal,
  });
  const names = [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string);
  return [...new Set([...packages, ...names])];
}

interface Unpacked {
  /** What they are, for who waits. */
  what: string;
  packages: string[];
  /** Enough to tell that all of them are there. */
  programs: string[];
}

const SERVERS: Unpacked = {
  what: 'servers',
  packages: ['openssh-server', 'nginx', 'haproxy'],
  programs: ['usr/sbin/sshd', 'usr/sbin/nginx', 'usr/sbin/haproxy'],
};

/**
 * Downloads packages and unpacks them into a folder, all or none: such as would start or enable a service on this host,
 * or bring users and configuration, are never installed.
 */
export function unpackStep(target: string, { what, packages: asked, programs }: Unpacked = SERVERS): SetupStep {
  return {
    title: `Debian packages of ${what}, unpacked`,
    estimateMs: 10_000,
    isDone: async () => programs.every((program) => existsSync(join(target, program))),
    run: async (report, signal) => {
      await mkdir(join(target, '..'), { recursive: true });
      const scratch = await mkdtemp(`${target}.`);
      try {
        report(`downloading ${asked.join(' ')}`);
        const packages = await closureOf(asked, signal);
        await mkdir(join(scratch, 'debs'));
        await apt(['download', ...packages], { cwd: join(scratch, 'debs'), signal });
        const root = join(scratch, 'root');
        await mkdir(root);
        for (const deb of await readdir(join(scratch, 'debs')))
          await run(['dpkg-deb', '-x', join(scratch, 'debs', deb), root]);
        await rm(target, { recursive: true, force: true });
        await chmod(root, 0o755);
        await rename(root, target);
        await writeFile(join(target, 'packages.txt'), `${packages.join('\n')}\n`);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}
