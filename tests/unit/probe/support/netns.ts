import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Network namespaces need root; elsewhere their tests are skipped, and say so. */
export const canMakeNamespaces = process.getuid?.() === 0;

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

export interface Netns {
  name: string;
  prefix: string[];
  run: (...command: string[]) => string;
}

function makeOne(name: string): Netns {
  ip('netns', 'add', name);
  const prefix = ['ip', 'netns', 'exec', name];
  const run = (...command: string[]): string =>
    execFileSync(prefix[0] ?? '', [...prefix.slice(1), ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  run('ip', 'link', 'set', 'lo', 'up');
  return { name, prefix, run };
}

/** Two namespaces joined by a cable, 192.0.2.1 and 192.0.2.2, and what removes them. */
export function makePair(): { a: Netns; b: Netns; remove: () => void } {
  const id = randomBytes(3).toString('hex');
  const [a, b] = [makeOne(`c-probe-${id}-a`), makeOne(`c-probe-${id}-b`)];
  ip('link', 'add', 'up0', 'netns', a.name, 'type', 'veth', 'peer', 'name', 'up0', 'netns', b.name);
  for (const [netns, address] of [
    [a, '192.0.2.1/24'],
    [b, '192.0.2.2/24'],
  ] as const) {
    netns.run('ip', 'addr', 'add', address, 'dev', 'up0');
    netns.run('ip', 'link', 'set', 'up0', 'up');
  }
  // Node lists the addresses of devices that run, which the kernel says a moment after both ends are up.
  for (const netns of [a, b])
    while (!netns.run('ip', '-br', 'link', 'show', 'up0').includes(' UP '))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return {
    a,
    b,
    remove: () => {
      for (const { name } of [a, b]) ip('netns', 'del', name);
    },
  };
}

/** Drops what an nft expression matches, where it comes in or where it goes out. */
export function drop(netns: Netns, hook: 'input' | 'output', match: string): void {
  netns.run('nft', 'add', 'table', 'ip', 'test');
  netns.run('nft', `add chain ip test ${hook} { type filter hook ${hook} priority 0; }`);
  netns.run('nft', `add rule ip test ${hook} ${match} drop`);
}
