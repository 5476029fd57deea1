import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

const LOOPBACK = ['127.0.0.1', '::1'];

/** The addresses that a file names, one a line; none where there is no file. */
export function addressesIn(path: string | undefined): string[] {
  if (!path) return [];
  try {
    return readFileSync(path, 'utf8').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * Those of `wanted` that this machine has now, and loopback: a host has others too, some of them on the internet, and
 * nothing of ours is asked for there.
 */
export function presentAddresses(wanted: readonly string[]): string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...new Set([...LOOPBACK, ...wanted])].filter((address) => own.some((each) => each.address === address));
}
