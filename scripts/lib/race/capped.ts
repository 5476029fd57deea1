import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that was stopped may say its last words, and take away what it has made. */
const GRACE_MS = 60_000;

export interface Capped {
  /** Until it ended by itself; the cap where it did not. */
  ms: number;
  isCapped: boolean;
  exitCode: number | null;
  /** When it first printed that something failed. */
  firstSignMs?: number;
  output: string;
}

export interface CappedOptions {
  capMs: number;
  signal: AbortSignal;
  logPath: string;
  /** How it prints that something failed. */
  sign: RegExp;
  environment?: Record<string, string>;
}

/** Runs a program for so long at most. What is left of it then is interrupted as Ctrl-C would, and later killed. */
export async function runCapped(argv: string[], options: CappedOptions): Promise<Capped> {
  const { capMs, signal, logPath, sign, environment } = options;
  const [file = '', ...args] = argv;
  const log = createWriteStream(logPath);
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const parts: string[] = [];
  let isCapped = false;
  let firstSignMs: number | undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (!isCapped && sign.test(text)) firstSignMs ??= elapsed();
      parts.push(text);
      log.write(text);
    });
  const tellAll = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const over = new AbortController();
  const stop = async (): Promise<void> => {
    await sleep(capMs, undefined, { signal: AbortSignal.any([over.signal, signal]) }).catch(() => {});
    over.signal.throwIfAborted();
    isCapped = true;
    tellAll('SIGINT');
    await sleep(GRACE_MS, undefined, { signal: over.signal });
    tellAll('SIGKILL');
  };
  const stopping = stop().catch(() => {});
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    return { ms: isCapped ? capMs : elapsed(), isCapped, exitCode, firstSignMs, output: parts.join('') };
  } finally {
    over.abort();
    tellAll('SIGKILL');
    await stopping;
    log.end();
  }
}
