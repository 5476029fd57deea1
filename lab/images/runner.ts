import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../helpers/package-root.ts';
import { nodeBinary } from '../setup/node-binary.ts';
import { run } from '../run-in.ts';
import { copyProgram } from './program.ts';
import { writePlainImage } from './plain-image.ts';

export const RUNNER_IMAGE = 'netwright.local/lab/runner:1';

interface Lock {
  packages: Record<string, { dev?: boolean }>;
}

/** What the package depends on, from this checkout's packages: as `npm ci --omit=dev` would install it. */
async function copyDependencies(target: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8')) as Lock;
  const needed = Object.keys(packages).filter(
    (path) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && existsSync(join(packageRoot, path)),
  );
  for (const path of needed) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(join(packageRoot, path), join(target, path), { recursive: true, dereference: true });
  }
}

/** The packed package with what it depends on, as the Dockerfile lays it in. */
async function packageLayer(root: string): Promise<void> {
  const scratch = await mkdtemp(join(root, '.pack-'));
  const options = { cwd: packageRoot };
  await run(['npm', 'run', 'build'], options);
  const packed = await run(['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', scratch], options);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  await mkdir(join(root, 'app'), { recursive: true });
  await run(['tar', '-xzf', join(scratch, filename), '-C', join(root, 'app'), '--strip-components', '1']);
  await rm(scratch, { recursive: true });
  await copyDependencies(join(root, 'app'));
}

/** Makes the runner's image for a lab, by the lab's own means: an OCI archive. Takes half a minute. */
export async function writeRunnerImage(archive: string): Promise<void> {
  const scratch = await mkdtemp(`${archive}-layers-`);
  try {
    const layers = ['node', 'app'].map((name) => join(scratch, name));
    for (const layer of layers) await mkdir(layer, { mode: 0o755 });
    const [node = '', app = ''] = layers;
    await copyProgram(nodeBinary(), join(node, 'usr/bin/node'), node);
    await mkdir(join(node, 'etc'), { recursive: true });
    await writeFile(join(node, 'etc/passwd'), 'root:x:0:0:root:/root:/sbin/nologin\n');
    await packageLayer(app);
    await writePlainImage(archive, {
      reference: RUNNER_IMAGE,
      entrypoint: ['/usr/bin/node', '/app/bin/netwright.js'],
      cmd: ['run'],
      user: '65532:65532',
      env: ['PATH=/usr/bin:/bin', 'HOME=/tmp', 'NETWRIGHT_CACHE_DIR=/tmp/netwright'],
      layers,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
