import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageName, Kit } from '../kit.ts';
import { run } from '../run-in.ts';
import type { Component } from './component.ts';
import type { SetupStep } from './step.ts';

/** Plays kubelet for all light nodes of a lab. Built only for labs that ask for it. */
export const LIGHT: Component = {
  name: 'light-kubelet',
  programs: { 'light-kubelet': 'lab' },
  sources: [
    'main',
    'node',
    'pods',
    'status',
    'prepare',
    'volumes',
    'container',
    'inside',
    'cni',
    'netns',
    'readiness',
    'streams',
  ].map((name) => `${name}.go`),
  estimateMs: 60_000,
};

/** Where an image lies unpacked, for nodes that have no container runtime: its root, and what its author says of it. */
export const unpackedImage = (imagesDir: string, name: ImageName): string => join(imagesDir, 'unpacked', name);

/** Unpacks every image but the one of the runtime's own sandboxes, again when it has changed. */
export function unpackImageSteps({ imagesDir, images }: Pick<Kit, 'imagesDir' | 'images'>): SetupStep[] {
  const names = (Object.keys(images) as ImageName[]).filter((name) => name !== 'pause');
  return names.map((name) => {
    const target = unpackedImage(imagesDir, name);
    const keyOf = (folder: string) => readFile(folder, 'utf8').catch(() => undefined);
    return {
      title: `files of ${images[name]}`,
      estimateMs: 4_000,
      isDone: async () =>
        existsSync(target) && (await keyOf(join(target, 'key'))) === (await keyOf(join(imagesDir, `${name}.key`))),
      run: async () => {
        const scratch = `${target}.new`;
        await rm(scratch, { recursive: true, force: true });
        await mkdir(join(scratch, 'layout'), { recursive: true });
        await run(['tar', '-C', join(scratch, 'layout'), '-xf', join(imagesDir, `${name}.tar`)]);
        const tag = images[name].split(':').at(-1);
        await run(['umoci', 'unpack', '--image', `${join(scratch, 'layout')}:${tag}`, join(scratch, 'bundle')]);
        await rm(join(scratch, 'layout'), { recursive: true });
        await writeFile(join(scratch, 'key'), (await keyOf(join(imagesDir, `${name}.key`))) ?? '');
        await rm(target, { recursive: true, force: true });
        await rename(scratch, target);
      },
    };
  });
}
