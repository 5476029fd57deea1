import { randomBytes } from 'node:crypto';

/** An id that sorts by time, is unique enough for two runs of one second, and can be part of a namespace's name. */
export function newRunId(now = new Date()): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}
