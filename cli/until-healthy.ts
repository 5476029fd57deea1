import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs } from '../helpers/config/values.ts';
import { ExitCode, NetwrightError } from '../helpers/errors.ts';
import { sourceExtension } from '../helpers/package-root.ts';
import { onInterrupt } from '../helpers/run/interrupts.ts';

const MAIN = join(import.meta.dirname, `main${sourceExtension}`);
/** Between two runs: what is on its way gets a moment, and the API server too. */
const PAUSE_MS = 5_000;
/** By these codes another run would end no differently. */
const FINAL: readonly number[] = [ExitCode.healthy, ExitCode.usage, ExitCode.internal, ExitCode.interrupted];

/** Runs the program once more, and keeps what it prints. */
function runOnce(args: readonly string[], signal: AbortSignal): Promise<{ code: number; stdout: Buffer }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = () => void child.kill('SIGINT');
  // Ctrl-C on a terminal reaches the child by itself.
  if (!process.stdin.isTTY) signal.addEventListener('abort', end, { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', end);
      resolve({ code: code ?? 128 + (killedBy ? constants.signals[killedBy] : 0), stdout: Buffer.concat(chunks) });
    });
  });
}

/**
 * Runs again and again until a run passes, or the time is over. Prints what the last run prints, and resolves to its
 * exit code. Throws a usage error for a time that is none.
 */
export async function runUntilHealthy(time: string, args: readonly string[]): Promise<number> {
  const forMs = durationMs(time);
  if (forMs === undefined)
    throw new NetwrightError(`--until-healthy expects a time as 90s, 10m or 1h, not ${time}`, {
      code: 'config-invalid',
      hint: 'netwright run --until-healthy 10m',
    });
  const interrupts = onInterrupt();
  const endsAt = performance.now() + forMs;
  try {
    for (let count = 1; ; count += 1) {
      const { code, stdout } = await runOnce(args, interrupts.signal);
      const leftMs = endsAt - performance.now();
      if (FINAL.includes(code) || leftMs <= PAUSE_MS || interrupts.signal.aborted) {
        process.stdout.write(stdout);
        return code;
      }
      process.stderr.write(
        `run ${count} ended with exit code ${code}; again in ${PAUSE_MS / 1_000} s, ` +
          `for ${Math.round(leftMs / 1_000)} s more\n`,
      );
      await sleep(PAUSE_MS, undefined, { signal: interrupts.signal }).catch(() => {});
      if (interrupts.signal.aborted) return ExitCode.interrupted;
    }
  } finally {
    interrupts.release();
  }
}
