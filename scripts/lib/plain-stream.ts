import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Watch's own rule: requests that are lost within this time of each other belong to one gap, and one alone is none. */
const CALM_MS = 1_000;

export interface Gap {
  startMs: number;
  endMs: number;
}

export interface Try {
  atMs: number;
  isGood: boolean;
}

/** Times without a good try, from the first that was not to the next that was; close ones are one. Pure. */
export function gapsOf(tries: readonly Try[]): Gap[] {
  const sorted = tries.toSorted((a, b) => a.atMs - b.atMs);
  const gaps: (Gap & { lost: number; lastMs: number })[] = [];
  for (const [index, { atMs, isGood }] of sorted.entries()) {
    if (isGood) continue;
    const endMs = sorted.slice(index).find((each) => each.isGood)?.atMs ?? sorted.at(-1)?.atMs ?? atMs;
    const last = gaps.at(-1);
    if (last && atMs - last.lastMs <= CALM_MS) Object.assign(last, { endMs, lastMs: atMs, lost: last.lost + 1 });
    else gaps.push({ startMs: atMs, endMs, lost: 1, lastMs: atMs });
  }
  return gaps.filter(({ lost }) => lost > 1).map(({ startMs, endMs }) => ({ startMs, endMs }));
}

/** What a watch and a plain stream beside it may differ by. */
export const MOST_APART_MS = 1_000;

/** By how much each gap of one reaches beyond those of the other that it overlaps; all of it where it has no like. */
function beyond(one: readonly Gap[], other: readonly Gap[]): number {
  const all = one.map(({ startMs, endMs }) => {
    const like = other.filter((each) => each.startMs <= endMs + MOST_APART_MS && each.endMs >= startMs - MOST_APART_MS);
    const [first, last] = [like[0], like.at(-1)];
    return first && last ? Math.max(first.startMs - startMs, endMs - last.endMs) : endMs - startMs;
  });
  return Math.max(0, ...all);
}

/** How far two lists of gaps, each in order, are apart at most, in ms. Pure. */
export const apart = (one: readonly Gap[], other: readonly Gap[]): number =>
  Math.max(beyond(one, other), beyond(other, one));

/** A program of its own that knows nothing of Netwright: makes a TCP connection ten times a second. */
const CLIENT = `
const tries = [];
const [host, port] = process.argv.slice(1);
const timer = setInterval(() => {
  const one = { atMs: Date.now(), isGood: false };
  tries.push(one);
  const socket = require('net').connect({ host, port: Number(port), timeout: 1000 });
  socket.on('connect', () => { one.isGood = true; socket.destroy(); });
  socket.on('timeout', () => socket.destroy());
  socket.on('error', () => {});
}, 100);
const end = () => { process.stdout.write(JSON.stringify(tries), () => process.exit()); };
process.on('SIGTERM', () => { clearInterval(timer); setTimeout(end, 1200); });
`;

/** Begins a plain stream; `enter` is what runs a command where it is to be asked from. Ends it, and gives its tries. */
export function plainStream(enter: (argv: string[]) => string[], host: string, port: number): () => Promise<Try[]> {
  const [file = '', ...args] = enter([process.execPath, '-e', CLIENT, host, String(port)]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = text(child.stdout);
  return async () => {
    child.kill('SIGTERM');
    return JSON.parse(await printed) as Try[];
  };
}
