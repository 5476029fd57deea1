import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLock } from '../../../lab/setup/lock.ts';

const MODULE = new URL('../../../lab/setup/lock.ts', import.meta.url).href;
const signal = new AbortController().signal;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netwright-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process of its own that says `in` and `out`, between which it holds the lock for so long. */
function holder(path: string, holdMs: number): ChildProcess {
  const code = `
    import { withLock } from ${JSON.stringify(MODULE)};
    import { appendFileSync } from 'node:fs';
    const say = (word) => { appendFileSync(process.argv[1] + '.log', word + '\\n'); console.log(word); };
    await withLock(process.argv[1], () => {}, new AbortController().signal, async () => {
      say('in');
      await new Promise((resolve) => setTimeout(resolve, ${holdMs}));
      say('out');
    });`;
  return spawn(process.execPath, ['--input-type=module', '--no-warnings', '-e', code, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('the lock of the set-up', () => {
  test('is held by one process at a time, also when all find one whose holder is gone', async () => {
    const path = join(folder, 'stale');
    const gone = spawn('true');
    await once(gone, 'close');
    writeFileSync(path, String(gone.pid));
    const children = Array.from({ length: 6 }, () => holder(path, 30));
    expect(await Promise.all(children.map(async (child) => once(child, 'close')))).toEqual(
      Array.from({ length: 6 }, () => [0, null]),
    );
    expect(readFileSync(`${path}.log`, 'utf8')).toBe('in\nout\n'.repeat(6));
  });

  test('of a process that is killed is free at once', async () => {
    const path = join(folder, 'killed');
    const child = holder(path, 60_000);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    const startedAt = performance.now();
    expect(
      await withLock(
        path,
        () => {},
        signal,
        async () => 'done',
      ),
    ).toBe('done');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('that another holds is waited for, and said to be', async () => {
    const path = join(folder, 'waiting');
    const child = holder(path, 1_500);
    if (child.stdout) await once(child.stdout, 'data');
    let waits = 0;
    expect(
      await withLock(
        path,
        () => (waits += 1),
        signal,
        async () => 'done',
      ),
    ).toBe('done');
    expect(waits).toBe(1);
  });

  test('is waited for no longer than until an interrupt, and the wait leaves nothing behind', async () => {
    const path = join(folder, 'interrupted');
    const child = holder(path, 60_000);
    if (child.stdout) await once(child.stdout, 'data');
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 100);
    await expect(
      withLock(
        path,
        () => {},
        interrupt.signal,
        async () => 'done',
      ),
    ).rejects.toThrow('abort');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(
      await withLock(
        path,
        () => {},
        signal,
        async () => 'done',
      ),
    ).toBe('done');
  });

  test('is given back when what it was for fails', async () => {
    const path = join(folder, 'failing');
    await expect(
      withLock(
        path,
        () => {},
        signal,
        () => Promise.reject(new Error('no space')),
      ),
    ).rejects.toThrow('no space');
    const after = holder(path, 0);
    expect(after.stdout && (await text(after.stdout))).toBe('in\nout\n');
  });
});
