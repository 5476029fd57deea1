import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from './paths.ts';

/**
 * Limits of the whole host that many nodes on one machine exceed: each kubelet and containerd watches files, and all
 * network namespaces share one table of neighbours, to which each node adds all others and its pods. A full table
 * drops packets (arp(7), gc_thresh3). Those of the neighbours are not to be seen in a network namespace of its own.
 */
const NEEDED: Record<string, number> = {
  'net/ipv4/neigh/default/gc_thresh3': 131_072,
  'net/ipv4/neigh/default/gc_thresh2': 65_536,
  'net/ipv4/neigh/default/gc_thresh1': 32_768,
  'net/ipv6/neigh/default/gc_thresh3': 131_072,
  'net/ipv6/neigh/default/gc_thresh2': 65_536,
  'net/ipv6/neigh/default/gc_thresh1': 32_768,
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524_288,
  'fs/file-max': 1_000_000,
};

const recordPath = (): string => join(cacheRoot(), 'host-sysctls.json');
const path = (name: string): string => join('/proc/sys', name);

/** Raises what is too low, and records what it was before, once, so that it can be put back. */
export async function raiseHostLimits(): Promise<void> {
  const recorded = JSON.parse(await readFile(recordPath(), 'utf8').catch(() => '{}')) as Record<string, string>;
  for (const [name, needed] of Object.entries(NEEDED)) {
    const value = await readFile(path(name), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
    if (value === undefined || Number(value) >= needed) continue;
    recorded[name] ??= value;
    // Whole or not at all: a kill in between must not make it unreadable.
    await writeFile(`${recordPath()}.${process.pid}`, JSON.stringify(recorded));
    await rename(`${recordPath()}.${process.pid}`, recordPath());
    await writeFile(path(name), String(needed));
  }
}

/** Puts back what was raised; call it when the last lab is gone. */
export async function restoreHostLimits(): Promise<void> {
  const recorded = JSON.parse(await readFile(recordPath(), 'utf8').catch(() => '{}')) as Record<string, string>;
  for (const [name, value] of Object.entries(recorded)) await writeFile(path(name), value);
  await rm(recordPath(), { force: true });
}
