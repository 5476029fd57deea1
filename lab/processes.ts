import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupOf } from './paths.ts';
import { OWNER_VARIABLE, run } from './run-in.ts';

const CGROUP_ROOT = '/sys/fs/cgroup';

/** Folders of a lab's cgroup in every hierarchy: one on cgroup v2, one a controller on v1. */
async function cgroupFolders(lab: string): Promise<string[]> {
  const name = cgroupOf(lab);
  const entries = await readdir(CGROUP_ROOT, { withFileTypes: true });
  const candidates = [
    join(CGROUP_ROOT, name),
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(CGROUP_ROOT, entry.name, name)),
  ];
  const found = await Promise.all(
    candidates.map(async (folder) => ((await readdir(folder).catch(() => undefined)) ? folder : undefined)),
  );
  return found.filter((folder) => folder !== undefined);
}

async function foldersUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}

/**
 * Pids of processes that were started for a lab, or by such ones: they may be about to join its cgroup, or to make a
 * namespace.
 */
async function startedFor(lab: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const owned = await Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0').includes(`${OWNER_VARIABLE}=${lab}`),
    ),
  );
  return pids.filter((_, index) => owned[index]);
}

/**
 * Pids of every process of a lab: those in its cgroups, those in its network namespaces, and those that were started
 * for it.
 */
export async function processesOf(lab: string, namespaces: string[]): Promise<number[]> {
  const folders = (await Promise.all((await cgroupFolders(lab)).map(foldersUnder))).flat();
  const inCgroups = await Promise.all(
    folders.map((folder) => readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  const inNamespaces = await Promise.all(
    namespaces.map((namespace) => run(['ip', 'netns', 'pids', namespace], { reject: false, stderr: 'ignore' })),
  );
  const pids = [...inCgroups, ...inNamespaces, ...(await startedFor(lab))]
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
  return [...new Set(pids)].filter((pid) => pid !== process.pid && pid > 1);
}

const KILL_TIMEOUT_MS = 10_000;

/** Kills every process of a lab and waits until none is left. Throws when some do not end. */
export async function killProcesses(lab: string, namespaces: string[]): Promise<void> {
  const deadline = Date.now() + KILL_TIMEOUT_MS;
  for (;;) {
    const pids = await processesOf(lab, namespaces);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself between being found and being killed.
      }
    }
    if (Date.now() > deadline) throw new Error(`processes of the lab ${lab} do not end: ${pids.join(', ')}`);
    await sleep(50);
  }
}

/** Removes a lab's cgroups, which must be empty of processes; the kernel may need a moment to see that they are. */
export async function removeCgroups(lab: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const roots = await cgroupFolders(lab);
    if (roots.length === 0) return;
    const folders = (await Promise.all(roots.map(foldersUnder))).flat().toSorted((a, b) => b.length - a.length);
    await run(['rmdir', ...folders], { reject: false });
    if (attempt > 0) await sleep(50);
  }
  throw new Error(`cgroups of the lab ${lab} cannot be removed: ${(await cgroupFolders(lab)).join(', ')}`);
}

/**
 * Host pid of the first process of a node: the child of the process that was launched. Undefined when the node is not
 * up.
 */
export async function initPid(lab: string, node: string): Promise<number | undefined> {
  const folders = await cgroupFolders(lab);
  for (const folder of folders) {
    const pids = (await readFile(join(folder, node, 'cgroup.procs'), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean);
    for (const pid of pids) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      // The last number is the pid in the innermost namespace: 1 for a node's first process.
      if (/^NSpid:\s+\d+\s+1$/m.test(status)) return Number(pid);
    }
  }
  return undefined;
}
