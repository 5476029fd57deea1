import { cp, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../run-in.ts';

/** Paths of the shared libraries of a program, its loader among them, as the dynamic loader finds them. */
export async function librariesOf(program: string, libraryPath?: string): Promise<string[]> {
  const output = await run(['ldd', program], libraryPath ? { env: { LD_LIBRARY_PATH: libraryPath } } : {});
  return [...output.matchAll(/(?:=>\s+)?(\/\S+)\s+\(0x/g)].map(([, path]) => path as string);
}

/**
 * Copies a program to `target` in the tree `root`, and its libraries to where its loader looks for them: the loader to
 * its own path, the rest beside the system's libraries.
 */
export async function copyProgram(program: string, target: string, root: string, libraryPath?: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await cp(await realpath(program), target);
  for (const library of await librariesOf(program, libraryPath)) {
    const isLoader = library.includes('/ld-linux');
    const path = isLoader ? library : join('/usr/lib', library.split('/').at(-1) as string);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await cp(await realpath(library), join(root, path));
  }
}
