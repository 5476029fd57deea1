import { readFile, rename, writeFile } from 'node:fs/promises';

/** What a file of a lab's folder holds; undefined where there is none. */
export async function readRecord<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes it whole or not at all. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(record, undefined, 1)}\n`);
  await rename(`${path}.new`, path);
}
