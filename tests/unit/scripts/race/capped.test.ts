import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCapped, type Capped } from '../../../../scripts/lib/race/capped.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'netwright-capped-'))));
afterEach(() => rm(folder, { recursive: true }));

const shell = (script: string, capMs: number, signal = new AbortController().signal): Promise<Capped> =>
  runCapped(['sh', '-c', script], { capMs, signal, logPath: join(folder, 'log'), sign: /^FAIL/m });

describe('a program that is run for so long at most', () => {
  it('that ends before has its own time and exit code, and what it printed is kept', async () => {
    const { isCapped, ms, exitCode, output, firstSignMs } = await shell('echo all; echo good >&2; exit 3', 10_000);
    expect({ isCapped, exitCode, firstSignMs }).toEqual({ isCapped: false, exitCode: 3, firstSignMs: undefined });
    expect(ms).toBeLessThan(10_000);
    expect(output).toContain('all');
    expect(await readFile(join(folder, 'log'), 'utf8')).toContain('good');
  });

  it('says when it first printed that something failed', async () => {
    const { firstSignMs, ms } = await shell('echo ok; sleep 0.3; echo FAIL one; sleep 0.5; echo FAIL two', 10_000);
    expect(firstSignMs).toBeGreaterThan(250);
    expect(firstSignMs).toBeLessThan(ms - 300);
  });

  it('is interrupted at the cap with all that it has started, and may say its last words', async () => {
    const { isCapped, ms, output, firstSignMs } = await shell("trap 'echo FAIL last; exit 1' INT; sleep 60", 300);
    expect({ isCapped, ms, firstSignMs }).toEqual({ isCapped: true, ms: 300, firstSignMs: undefined });
    expect(output).toContain('last');
  });

  it('is interrupted as well where the race is, which is then over', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('interrupted')), 200);
    await expect(shell('exec sleep 60', 60_000, controller.signal)).rejects.toThrow('interrupted');
  });
});
