import { renameSync, writeFileSync } from 'node:fs';

/** Writes a text file in one step, so that who reads it never reads half of it. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
