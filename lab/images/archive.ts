import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../run-in.ts';

/** What an image is made of. */
export interface Archive {
  reference: string;
  entrypoint: readonly string[];
  /** Trees to lay in, one a layer; equal trees are equal layers. */
  layers: readonly ((root: string) => Promise<void>)[];
}

/** This file: how images are written is part of their keys. */
export const ARCHIVE_SOURCE = import.meta.filename;

/** Writes an image as an OCI archive (tar), whole or not at all. */
export async function writeArchive(path: string, { reference, entrypoint, layers }: Archive): Promise<void> {
  const scratch = await mkdtemp(join(dirname(path), '.image-'));
  try {
    const layout = join(scratch, 'layout');
    const image = `${layout}:${reference.split(':').at(-1)}`;
    await run(['umoci', 'init', '--layout', layout]);
    await run(['umoci', 'new', '--image', image]);
    for (const [index, layer] of layers.entries()) {
      const root = join(scratch, `root${index}`);
      await mkdir(root, { mode: 0o755 });
      await layer(root);
      // Equal trees must be equal layers, whenever they were made: images then share what they unpack to.
      await run(['find', root, '-exec', 'touch', '-h', '-d', '@0', '{}', '+']);
      await run(['umoci', 'insert', '--image', image, root, '/']);
    }
    await run([
      'umoci',
      'config',
      '--image',
      image,
      '--clear=config.entrypoint',
      ...entrypoint.flatMap((part) => ['--config.entrypoint', part]),
      '--config.env',
      'PATH=/usr/bin:/bin',
    ]);
    await run(['umoci', 'gc', '--layout', layout]);
    await run(['tar', '-C', layout, '-cf', join(scratch, 'image.tar'), ...(await readdir(layout))]);
    await rename(join(scratch, 'image.tar'), path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
