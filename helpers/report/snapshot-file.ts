import { readFileSync, writeFileSync } from 'node:fs';
import { NetwrightError } from '../errors.ts';
import { snapshotSchema, type Snapshot } from '../model/snapshot.ts';

/**
 * Reads a snapshot back. Throws `snapshot-unreadable`, or `snapshot-invalid` (both exit code 2) with the field that is
 * not as a snapshot has it.
 */
export function readSnapshot(path: string): Snapshot {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new NetwrightError(
      `could not read the snapshot ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { code: 'snapshot-unreadable', hint: 'name a file that netwright snapshot wrote', cause },
    );
  }
  const read = snapshotSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new NetwrightError(`${path}: field ${issue?.path.join('.') || '(whole file)'}: ${issue?.message ?? ''}`, {
    code: 'snapshot-invalid',
    hint: 'name a file that this version of netwright snapshot wrote',
  });
}

/** Writes a snapshot, checked against its schema. Throws `snapshot-unwritable` (exit code 2). */
export function writeSnapshot(path: string, snapshot: Snapshot): void {
  const text = `${JSON.stringify(snapshotSchema.parse(snapshot), null, 1)}\n`;
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new NetwrightError(
      `could not write the snapshot ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { code: 'snapshot-unwritable', hint: 'name a file in a folder that is there and can be written', cause },
    );
  }
}
