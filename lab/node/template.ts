import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Kit } from '../kit.ts';
import { run } from '../run-in.ts';
import type { SetupStep } from '../setup/step.ts';

const START_TIMEOUT_MS = 20_000;

/**
 * Files that containerd writes in place: every node needs its own. All else of a containerd root is only read, or
 * replaced whole.
 */
const DATABASES = ['io.containerd.metadata.v1.bolt', 'io.containerd.snapshotter.v1.overlayfs'];

async function keyOf(kit: Kit): Promise<string> {
  const keys = await Promise.all(
    Object.keys(kit.images).map((name) => readFile(join(kit.imagesDir, `${name}.key`), 'utf8')),
  );
  return createHash('sha256').update(keys.join()).digest('hex').slice(0, 16);
}

async function importImages(
  kit: Kit,
  root: string,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const state = `${root}.run`;
  const socket = join(state, 'containerd.sock');
  await mkdir(state, { recursive: true });
  const config = join(state, 'config.toml');
  await writeFile(
    config,
    `version = 3\nroot = "${root}"\nstate = "${state}"\ndisabled_plugins = ` +
      `["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "${socket}"\n[ttrpc]\n  address = "${socket}.ttrpc"\n`,
  );
  const containerd = execa(join(kit.binDir, 'containerd'), ['-c', config, '-l', 'warn'], {
    reject: false,
    cancelSignal: signal,
    stdin: 'ignore',
    all: true,
  });
  try {
    const ctr = (...args: string[]) =>
      run([join(kit.binDir, 'ctr'), '-a', socket, '-n', 'k8s.io', ...args], { cancelSignal: signal });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (
      !(await ctr('version').then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > deadline) throw new Error('containerd did not start to import images');
      await sleep(100);
    }
    for (const [name, reference] of Object.entries(kit.images)) {
      report(`unpacking ${reference}`);
      await ctr(
        'images',
        'import',
        '--base-name',
        reference.slice(0, reference.lastIndexOf(':')),
        join(kit.imagesDir, `${name}.tar`),
      );
    }
  } finally {
    containerd.kill('SIGTERM');
    await containerd;
    await rm(state, { recursive: true, force: true });
  }
}

/** Makes the containerd root that every node starts from, with all images unpacked. */
export function templateStep(kit: Kit): SetupStep {
  const keyPath = `${kit.containerdTemplate}.key`;
  return {
    title: "nodes' container storage",
    estimateMs: 8_000,
    isDone: async () => (await readFile(keyPath, 'utf8').catch(() => '')) === (await keyOf(kit).catch(() => 'none')),
    run: async (report, signal) => {
      await rm(keyPath, { force: true });
      await rm(kit.containerdTemplate, { recursive: true, force: true });
      const fresh = `${kit.containerdTemplate}.new`;
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      await importImages(kit, fresh, report, signal);
      await rename(fresh, kit.containerdTemplate);
      await writeFile(keyPath, await keyOf(kit));
    },
  };
}

/**
 * Gives a node a containerd root of its own: hard links for what is never changed, copies of the databases. Takes no
 * time and no space.
 */
export async function copyTemplate(kit: Kit, target: string): Promise<void> {
  await run(['cp', '-al', kit.containerdTemplate, target]);
  for (const folder of DATABASES) {
    const names = await readdir(join(target, folder)).catch(() => []);
    for (const name of names.filter((candidate) => candidate.endsWith('.db'))) {
      await rm(join(target, folder, name));
      await run(['cp', join(kit.containerdTemplate, folder, name), join(target, folder, name)]);
    }
  }
}
