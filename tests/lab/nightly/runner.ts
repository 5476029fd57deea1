import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../../helpers/package-root.ts';
import { cacheRoot } from '../../../lab/paths.ts';
import { run } from '../../../lab/run-in.ts';
import { writeOnTop } from './on-top.ts';
import { librariesOf } from '../../../lab/images/program.ts';

export const RUNNER_IMAGE = 'netwright.local/lab/runner:1';

interface Lock {
  packages: Record<string, { dev?: boolean }>;
}

/** Folders of what the package depends on, as `npm ci --omit=dev` would install it, from this checkout's packages. */
async function dependencies(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8')) as Lock;
  return Object.keys(packages).filter(
    (path) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && existsSync(join(packageRoot, path)),
  );
}

/** Lays in libraries that the node image lacks: Node itself needs fewer than what is loaded into it. */
async function copyLibraries(folders: readonly string[], root: string): Promise<void> {
  const found = await run(['find', '-L', ...folders, '-name', '*.node'], { cwd: packageRoot });
  const needed = await Promise.all(
    found
      .split('\n')
      .filter((path) => path.includes('gnu'))
      .map((path) => librariesOf(join(packageRoot, path))),
  );
  for (const library of new Set(needed.flat().filter((path) => !path.includes('/ld-linux')))) {
    const target = join(root, 'usr/lib', library.split('/').at(-1) ?? '');
    await mkdir(dirname(target), { recursive: true });
    await cp(await realpath(library), target);
  }
}

/** The packed package, as the Dockerfile lays it in. */
async function unpackPackage(root: string): Promise<void> {
  const options = { cwd: packageRoot };
  await run(['npm', 'run', 'build'], options);
  const packed = await run(['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', root], options);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  await mkdir(join(root, 'app'));
  await run(['tar', '-xzf', join(root, filename), '-C', join(root, 'app'), '--strip-components', '1']);
  await rm(join(root, filename));
}

/**
 * Makes the runner's image for a lab by the lab's own means, on top of the image of its Node: an OCI archive. Takes a
 * quarter of a minute.
 */
export async function writeRunnerImage(archive: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  const root = await mkdtemp(`${archive}-root-`);
  try {
    const folders = await dependencies();
    // As every distribution's image has it: for all.
    await mkdir(join(root, 'tmp'));
    await chmod(join(root, 'tmp'), 0o1777);
    await Promise.all([unpackPackage(root), copyLibraries(folders, root)]);
    const unread = ['*.map', '*.d.ts', '*.d.mts', '*.d.cts', '*.md'].map((pattern) => `--exclude=${pattern}`);
    const lead = [String.raw`--transform=s,^\./,,`, String.raw`--transform=s,^node_modules/,app/node_modules/,`];
    await writeOnTop(archive, {
      base: join(cacheRoot(), 'images', 'node.tar'),
      content: [...lead, '-h', '-C', root, './app', './usr', './tmp', '-C', packageRoot, ...unread, ...folders],
      config: {
        Entrypoint: ['/usr/bin/node', '/app/bin/netwright.js'],
        Cmd: ['run'],
        User: '65532:65532',
        Env: ['PATH=/usr/bin:/bin', 'HOME=/tmp', 'NETWRIGHT_CACHE_DIR=/tmp/netwright'],
        WorkingDir: '/tmp',
      },
      tag: RUNNER_IMAGE.slice(RUNNER_IMAGE.lastIndexOf(':') + 1),
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
