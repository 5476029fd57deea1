import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../../lab/run-in.ts';

interface Blob {
  mediaType: string;
  digest: string;
  size: number;
}
interface Manifest {
  config: Blob;
  layers: Blob[];
}
interface ImageConfig {
  config: Record<string, unknown>;
  rootfs: { type: 'layers'; diff_ids: string[] };
}

/** An image that has one layer more than another. */
export interface OnTop {
  /** The OCI archive of the other. */
  base: string;
  /** Arguments of tar that name what the layer holds. */
  content: string[];
  /** How it is started, in the words of the image specification: Entrypoint, Cmd, User, Env, WorkingDir. */
  config: Record<string, unknown>;
  tag: string;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/**
 * Writes an OCI archive. Its own layer is not compressed: what is large and used once need not be packed to be unpacked
 * a moment later. The other layers stay as they are, so a node that has the base need not unpack them again.
 */
export async function writeOnTop(archive: string, { base, content, config, tag }: OnTop): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  const scratch = await mkdtemp(`${archive}-`);
  const blobs = join(scratch, 'blobs', 'sha256');
  const keep = async (path: string, mediaType: string): Promise<Blob> => {
    const [digest, { size }] = [await sha256Of(path), await stat(path)];
    await rename(path, join(blobs, digest.slice('sha256:'.length)));
    return { mediaType, digest, size };
  };
  const keepJson = async (value: object, mediaType: string): Promise<Blob> => {
    await writeFile(join(scratch, 'part'), JSON.stringify(value));
    return keep(join(scratch, 'part'), mediaType);
  };
  const blob = async <T>({ digest }: Blob): Promise<T> =>
    JSON.parse(await readFile(join(blobs, digest.slice('sha256:'.length)), 'utf8')) as T;
  try {
    await run(['tar', '-C', scratch, '-xf', base]);
    const { manifests } = JSON.parse(await readFile(join(scratch, 'index.json'), 'utf8')) as { manifests: [Blob] };
    const below = await blob<Manifest>(manifests[0]);
    const belowConfig = await blob<ImageConfig>(below.config);
    await run(['tar', '--owner=0', '--group=0', '--numeric-owner', '-cf', join(scratch, 'layer.tar'), ...content]);
    const layer = await keep(join(scratch, 'layer.tar'), 'application/vnd.oci.image.layer.v1.tar');
    const own = await keepJson(
      {
        ...belowConfig,
        config: { ...belowConfig.config, ...config },
        rootfs: { type: 'layers', diff_ids: [...belowConfig.rootfs.diff_ids, layer.digest] },
        history: undefined,
      },
      below.config.mediaType,
    );
    const manifest = await keepJson(
      { ...below, config: own, layers: [...below.layers, layer] },
      manifests[0].mediaType,
    );
    const annotations = { 'org.opencontainers.image.ref.name': tag };
    await writeFile(
      join(scratch, 'index.json'),
      JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
    );
    await run(['tar', '-C', scratch, '-cf', archive, 'oci-layout', 'index.json', 'blobs']);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
