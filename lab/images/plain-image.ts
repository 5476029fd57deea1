import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../run-in.ts';

export interface PlainImage {
  /** With a tag. */
  reference: string;
  entrypoint: string[];
  cmd?: string[];
  user?: string;
  env?: string[];
  /** Trees to lay in, one a layer. */
  layers: readonly string[];
}

interface Blob {
  mediaType: string;
  digest: string;
  size: number;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/**
 * Writes an OCI archive whose layers are not compressed: what is large and used once need not be packed to be unpacked
 * a moment later.
 */
export async function writePlainImage(archive: string, image: PlainImage): Promise<void> {
  const { reference, entrypoint, cmd, user, env = [], layers } = image;
  const scratch = await mkdtemp(`${archive}-`);
  const blobs = join(scratch, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const keep = async (path: string, mediaType: string): Promise<Blob> => {
    const digest = await sha256Of(path);
    const { size } = await stat(path);
    await rename(path, join(blobs, digest.slice('sha256:'.length)));
    return { mediaType, digest, size };
  };
  const keepJson = async (value: object, mediaType: string): Promise<Blob> => {
    const path = join(scratch, 'part');
    await writeFile(path, JSON.stringify(value));
    return keep(path, mediaType);
  };
  try {
    const kept: Blob[] = [];
    for (const root of layers) {
      const tar = join(scratch, 'layer.tar');
      await run(['tar', '-C', root, '--owner=0', '--group=0', '--numeric-owner', '-cf', tar, '.']);
      kept.push(await keep(tar, 'application/vnd.oci.image.layer.v1.tar'));
    }
    const config = await keepJson(
      {
        architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
        os: 'linux',
        config: { Entrypoint: entrypoint, Cmd: cmd, User: user, Env: env, WorkingDir: '/tmp' },
        rootfs: { type: 'layers', diff_ids: kept.map(({ digest }) => digest) },
      },
      'application/vnd.oci.image.config.v1+json',
    );
    const manifest = await keepJson(
      { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: kept },
      'application/vnd.oci.image.manifest.v1+json',
    );
    const tag = reference.slice(reference.lastIndexOf(':') + 1);
    const annotations = { 'org.opencontainers.image.ref.name': tag };
    await writeFile(
      join(scratch, 'index.json'),
      JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
    );
    await writeFile(join(scratch, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await mkdir(dirname(archive), { recursive: true });
    await run(['tar', '-C', scratch, '-cf', archive, 'oci-layout', 'index.json', 'blobs']);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
