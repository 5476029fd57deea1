import { readFile, rm } from 'node:fs/promises';
import { removeRunnerFiles } from './fabric.ts';
import { restoreHostLimits } from './host-sysctls.ts';
import { labPaths, checkLabName, namespaceOf } from './paths.ts';
import { killProcesses, removeCgroups } from './processes.ts';
import { run } from './run-in.ts';
import { listLabs } from './state.ts';

/**
 * What a lab's namespaces are called after its name: none of these ends in another of them, so no namespace can be two
 * labs'.
 */
const MEMBER = /^(?:fabric|gateway|runner|edge|k3s-(?:master|worker)-\d+(?:\.[a-z\d.-]+)?)$/;

/** Whether a namespace is this lab's, and not that of a lab whose name begins with this one's. */
export function isNamespaceOf(lab: string, namespace: string): boolean {
  const prefix = namespaceOf(lab, '');
  return namespace.startsWith(prefix) && MEMBER.test(namespace.slice(prefix.length));
}

/**
 * Namespaces of this machine that are this lab's: by name, and not by a recorded list that a kill may have cut short.
 */
async function ownNamespaces(name: string): Promise<string[]> {
  const all = (await run(['ip', '-j', 'netns', 'list'])) || '[]';
  return (JSON.parse(all) as { name: string }[])
    .map((namespace) => namespace.name)
    .filter((namespace) => isNamespaceOf(name, namespace));
}

async function unmountUnder(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  const own = mounts.filter((mount) => mount.startsWith(`${folder}/`)).toReversed();
  if (own.length > 0) await run(['umount', '-l', ...own], { reject: false });
}

/**
 * Takes a lab down, whatever state it is in, and leaves nothing of it: processes, namespaces, mounts, cgroups, files.
 * Does nothing, and says so by false, when there is nothing of that name.
 */
export async function labDown(name: string): Promise<boolean> {
  const { root } = labPaths(checkLabName(name));
  const known = (await listLabs()).includes(name);
  // First what a killed start may have left at work: it would make namespaces after they are counted.
  await killProcesses(name, []);
  const namespaces = await ownNamespaces(name);
  await killProcesses(name, namespaces);
  await Promise.all(namespaces.map((namespace) => run(['ip', 'netns', 'del', namespace], { reject: false })));
  await unmountUnder(root);
  await removeCgroups(name);
  await removeRunnerFiles(name);
  await rm(root, { recursive: true, force: true });
  if ((await listLabs()).length === 0) await restoreHostLimits();
  return known || namespaces.length > 0;
}
