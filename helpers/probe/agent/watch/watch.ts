import { randomBytes } from 'node:crypto';
import type { StreamSigns, WatchLine, WatchPlan, WatchStream } from '../../watch-protocol.ts';
import { PROOF_HEADER } from '../identity.ts';
import { RunningStream } from './stream.ts';

const TELL_EVERY_MS = 500;
/** Twenty minutes of what nobody reads; the oldest goes first. */
const MOST_LINES = 2_400;
/** A client that was killed tells nobody: what nobody reads for so long is asked no more. */
const UNREAD_MS = 15 * 60_000;

type Line = Omit<WatchLine, 'nowMs'>;

/** Reads an agent's lines, the newest last; `end` is told when another reads in its place. */
export interface Reader {
  line: (line: WatchLine) => void;
  end: () => void;
}

/** A stream as it is asked, without the proof of the run's key: that is a new one in every plan. */
const asked = (stream: WatchStream | undefined): string =>
  JSON.stringify(stream, (key, value: unknown) => (key === PROOF_HEADER ? undefined : value));

const isSame = (a: WatchStream, b: WatchStream | undefined): boolean => asked(a) === asked(b);

/**
 * The streams that this agent keeps going, whoever reads them or not. What nobody could read meanwhile is kept and told
 * to the next reader.
 */
export class Watch {
  readonly #agent = randomBytes(6).toString('hex');
  readonly #streams = new Map<string, RunningStream>();
  readonly #lines: Line[] = [];
  #number = 0;
  #reader: Reader | undefined;
  #readMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #toldMs = performance.now();

  /** Takes a plan, and tells its lines to a reader from now on, those first that were not read. */
  take({ streams, agent, since }: WatchPlan, reader: Reader): void {
    this.#reader?.end();
    this.#reader = reader;
    this.#readMs = performance.now();
    const wanted = new Map(streams.map((stream) => [stream.id, stream]));
    const left: StreamSigns[] = [];
    for (const [id, running] of this.#streams) {
      if (isSame(running.asked, wanted.get(id))) continue;
      running.stop();
      const told = running.tell();
      if (told) left.push(told);
      this.#streams.delete(id);
    }
    // What it saw of what is asked elsewhere from now on.
    if (left.length > 0) this.#keep(left, 0);
    for (const [id, stream] of wanted) if (!this.#streams.has(id)) this.#streams.set(id, new RunningStream(stream));
    const read = agent === this.#agent ? since : 0;
    for (const line of this.#lines) if (line.number > read) this.#write(line);
    this.#toldMs = performance.now();
    this.#timer ??= setInterval(() => this.#tell(), TELL_EVERY_MS);
  }

  /** A reader has gone, if it is still the one. */
  leave(reader: Reader): void {
    if (this.#reader !== reader) return;
    this.#reader = undefined;
    this.#readMs = performance.now();
  }

  /** Ends all streams. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const running of this.#streams.values()) running.stop();
    this.#streams.clear();
    this.#reader?.end();
    this.#reader = undefined;
  }

  #tell(): void {
    if (!this.#reader && performance.now() - this.#readMs > UNREAD_MS) return this.stop();
    const nowMs = performance.now();
    const stallMs = Math.max(0, Math.round(nowMs - this.#toldMs - TELL_EVERY_MS));
    this.#toldMs = nowMs;
    const seen = [...this.#streams.values()].flatMap((running) => running.tell() ?? []);
    // A line without anything says that the agent is there.
    this.#write(this.#keep(seen, stallMs));
  }

  #keep(seen: StreamSigns[], stallMs: number): Line {
    this.#number += 1;
    const line: Line = { agent: this.#agent, number: this.#number, stallMs, seen };
    if (seen.length > 0) this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    return line;
  }

  #write(line: Line): void {
    this.#reader?.line({ ...line, nowMs: performance.now() });
  }
}
