import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readBundle, type Program } from '../../helpers/bundle.ts';
import { sourceExtension } from '../../helpers/package-root.ts';
import type { ImageName, Kit } from '../kit.ts';
import { run } from '../run-in.ts';
import type { SetupStep } from '../setup/step.ts';
import { ARCHIVE_SOURCE, writeArchive } from './archive.ts';
import { copyProgram } from './program.ts';

export const IMAGES: Record<ImageName, string> = {
  pause: 'registry.k8s.io/pause:3.10',
  coredns: 'registry.k8s.io/coredns/coredns:v1.13.1',
  node: 'netwright.local/lab/node:24',
  ingress: 'netwright.local/lab/ingress:1',
  keybuzz: 'netwright.local/lab/keybuzz:1',
};

type PartOfKit = Pick<Kit, 'binDir' | 'debianRoot' | 'nodeBinary' | 'imagesDir'>;

interface Recipe {
  /** Files of the project that go in: what they hold is part of the image's key. */
  sources: string[];
  entrypoint: string[];
  /** Trees to lay in, one a layer; equal trees are equal layers. */
  layers: ((root: string, kit: PartOfKit) => Promise<void>)[];
}

const workloads = join(import.meta.dirname, '..', 'workloads');
const pauseSource = join(import.meta.dirname, '..', 'components', 'pause');

const workload = (path: string): string => join(workloads, `${path}${sourceExtension}`);
/** As one file each: to load a program of several files, or to strip its types, costs every pod processor time. */
const KEYBUZZ: Program = { entry: workload('keybuzz/server'), format: 'esm' };
const CONTROLLER: Program = { entry: workload('ingress/controller'), format: 'esm' };
export const WORKLOADS: readonly Program[] = [KEYBUZZ, CONTROLLER];

async function writeProgram(program: Program, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await readBundle(program));
}

async function nodeLayer(root: string, { nodeBinary }: PartOfKit): Promise<void> {
  await copyProgram(nodeBinary, join(root, 'usr/bin/node'), root);
  await mkdir(join(root, 'etc'), { recursive: true });
  await mkdir(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

const recipes: Record<ImageName, Recipe> = {
  pause: {
    sources: [join(pauseSource, 'main.go')],
    entrypoint: ['/pause'],
    layers: [
      async (root) =>
        void (await run(['go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', join(root, 'pause'), '.'], {
          cwd: pauseSource,
          env: { CGO_ENABLED: '0' },
        })),
    ],
  },
  coredns: {
    sources: [],
    entrypoint: ['/coredns'],
    layers: [async (root, { binDir }) => cp(join(binDir, 'coredns'), join(root, 'coredns'))],
  },
  node: { sources: [], entrypoint: ['/usr/bin/node'], layers: [nodeLayer] },
  keybuzz: {
    sources: [KEYBUZZ.entry],
    entrypoint: ['/usr/bin/node', '/app/server.mjs'],
    layers: [nodeLayer, async (root) => writeProgram(KEYBUZZ, join(root, 'app/server.mjs'))],
  },
  ingress: {
    sources: ['watch', 'model', 'render', 'controller'].map((name) => workload(`ingress/${name}`)),
    entrypoint: ['/usr/bin/node', '/controller/controller.mjs'],
    layers: [
      nodeLayer,
      async (root, { debianRoot }) => {
        await copyProgram(
          existsSync(join(debianRoot, 'usr/sbin/nginx')) ? join(debianRoot, 'usr/sbin/nginx') : '/usr/sbin/nginx',
          join(root, 'usr/bin/nginx'),
          root,
          join(debianRoot, 'usr/lib'),
        );
        await Promise.all(
          ['etc/nginx', 'var/log/nginx', 'var/lib/nginx'].map((folder) =>
            mkdir(join(root, folder), { recursive: true }),
          ),
        );
        await writeFallbackCertificate(join(root, 'etc/nginx/fallback.pem'));
        await writeProgram(CONTROLLER, join(root, 'controller/controller.mjs'));
      },
    ],
  },
};

async function writeFallbackCertificate(path: string): Promise<void> {
  const subject = '/O=Acme Co/CN=Kubernetes Ingress Controller Fake Certificate';
  const pem = await run(
    [
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '3650',
      '-subj',
      subject,
      '-keyout',
      '-',
      '-out',
      '-',
    ],
    { stderr: 'ignore' },
  );
  await writeFile(path, `${pem}\n`);
}

async function keyOf(name: ImageName, kit: PartOfKit): Promise<string> {
  const { sources, entrypoint } = recipes[name];
  const hash = createHash('sha256').update(
    JSON.stringify([
      IMAGES[name],
      entrypoint,
      await realpath(kit.binDir),
      kit.nodeBinary && (await run([kit.nodeBinary, '--version'])),
    ]),
  );
  for (const source of sources) hash.update(await readFile(source));
  for (const source of [import.meta.filename, ARCHIVE_SOURCE]) hash.update(await readFile(source));
  return hash.digest('hex').slice(0, 16);
}

async function build(name: ImageName, kit: PartOfKit): Promise<void> {
  const { entrypoint, layers } = recipes[name];
  await writeArchive(join(kit.imagesDir, `${name}.tar`), {
    reference: IMAGES[name],
    entrypoint,
    layers: layers.map((layer) => (root) => layer(root, kit)),
  });
  await writeFile(join(kit.imagesDir, `${name}.key`), await keyOf(name, kit));
}

/** One step an image: an OCI archive in `imagesDir`, made again only when what goes into it has changed. */
export function imageSteps(kit: PartOfKit): SetupStep[] {
  return (Object.keys(recipes) as ImageName[]).map((name) => ({
    title: `image ${IMAGES[name]}`,
    estimateMs: name === 'pause' ? 2_000 : 8_000,
    isDone: async () => {
      const key = await readFile(join(kit.imagesDir, `${name}.key`), 'utf8').catch(() => undefined);
      return key !== undefined && key === (await keyOf(name, kit));
    },
    run: async (report) => {
      await mkdir(dirname(join(kit.imagesDir, name)), { recursive: true });
      report(`building ${IMAGES[name]}`);
      await build(name, kit);
    },
  }));
}
