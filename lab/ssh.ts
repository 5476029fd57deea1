import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf } from './makes/families.ts';
import type { LabSettings } from './makes/settings.ts';
import { labPaths } from './paths.ts';
import { run } from './run-in.ts';
import type { LabNode } from './topology.ts';

const HOST_KEY_TYPES = ['ed25519', 'ecdsa'] as const;

export interface LabSsh {
  user: string;
  privateKeyPath: string;
  knownHostsPath: string;
}

/** Where a lab's SSH client files are. */
export function labSsh(lab: string): LabSsh {
  const { ssh } = labPaths(lab);
  return { user: 'root', privateKeyPath: join(ssh, 'id_ed25519'), knownHostsPath: join(ssh, 'known_hosts') };
}

async function makeKey(path: string, type: string, comment: string): Promise<string> {
  await run(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', comment, '-f', path]);
  return (await readFile(`${path}.pub`, 'utf8')).trim();
}

/** A key to log in with, host keys of its own for every node, and a known_hosts that names them all. */
export async function makeSshKeys(lab: string, nodes: LabNode[], settings: LabSettings): Promise<void> {
  const { ssh, node: nodeDir } = labPaths(lab);
  const { privateKeyPath, knownHostsPath } = labSsh(lab);
  await mkdir(ssh, { recursive: true, mode: 0o700 });
  const [, ...hosts] = await Promise.all([
    makeKey(privateKeyPath, 'ed25519', `lab-${lab}`),
    ...nodes.map(async ({ name, address }) => {
      const folder = join(nodeDir(name), 'etc', 'ssh');
      await mkdir(folder, { recursive: true });
      const keys = await Promise.all(
        HOST_KEY_TYPES.map((type) => makeKey(join(folder, `ssh_host_${type}_key`), type, name)),
      );
      return keys.map(
        (key) => `${addressesOf(address, settings).join()},${name} ${key.split(' ').slice(0, 2).join(' ')}`,
      );
    }),
  ]);
  await writeFile(knownHostsPath, `${hosts.flat().join('\n')}\n`);
  await Promise.all(
    nodes.map(async ({ name }) => {
      const target = join(nodeDir(name), 'etc', 'ssh', 'authorized_keys');
      await copyFile(`${privateKeyPath}.pub`, target);
      await chmod(target, 0o600);
    }),
  );
}
