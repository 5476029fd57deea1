import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** A program that runs elsewhere, as one file: what to bundle, and how. */
export interface Program {
  /** Path of its main file. */
  entry: string;
  format: 'cjs' | 'esm';
  /** The oldest Node that runs it; the lab's own where absent. */
  target?: string;
  minify?: boolean;
}

/** Where the package has the bundle of a program: beside its main file. */
export const bundlePath = ({ entry }: Pick<Program, 'entry'>): string => entry.replace(/\.[jt]s$/, '.bundle.js');

/** Bundles a program with all that it imports. Only in a checkout: the package does not depend on a bundler. */
export async function makeBundle({ entry, format, target, minify = false }: Program): Promise<string> {
  // Loaded when needed: commands that roll nothing out do not pay for it.
  const { rolldown } = await import('rolldown');
  const building = await rolldown({
    input: entry,
    platform: 'node',
    ...(target !== undefined && { transform: { target } }),
    logLevel: 'silent',
  });
  try {
    const { output } = await building.generate({ format, minify });
    return output[0].code;
  } finally {
    await building.close();
  }
}

/** A program as one file of JavaScript: bundled when the package was built, or now in a checkout. */
export async function readBundle(program: Program): Promise<string> {
  const built = bundlePath(program);
  return existsSync(built) ? readFile(built, 'utf8') : makeBundle(program);
}
