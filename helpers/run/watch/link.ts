import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClock } from '../../observe/watch/tally.ts';
import type { LineStream } from '../../probe/line-stream.ts';
import { nowMs } from './surroundings.ts';
import type { WatchLine, WatchPlan, WatchStream } from '../../probe/watch-protocol.ts';

/** An agent tells something twice a second: one that is silent for so long is connected to anew. */
const SILENT_MS = 6_000;
const AGAIN_MS = 500;

/** A line as it came, by this machine's clock. */
export interface Heard {
  line: WatchLine;
  /** The clock of the agent that sent it: one object an agent, that is made better as it is heard. */
  clock: AgentClock;
}

const isLine = (value: unknown): value is WatchLine =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as WatchLine).agent === 'string' &&
  typeof (value as WatchLine).number === 'number' &&
  typeof (value as WatchLine).nowMs === 'number' &&
  typeof (value as WatchLine).stallMs === 'number' &&
  Array.isArray((value as WatchLine).seen);

function readLine(text: string): WatchLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The connection to one agent that watches. It is opened again whenever it ends, for as long as the watch lasts; what
 * the agent saw meanwhile comes then. The agent's clock is told from its lines: none was under way for less than
 * nothing, so the quickest is the nearest.
 */
export class WatchLink {
  readonly #open: (signal: AbortSignal) => Promise<LineStream>;
  readonly #hear: (heard: Heard) => void;
  readonly #ended = new AbortController();
  readonly #work: Promise<void>;
  #streams: WatchStream[] = [];
  #stream: LineStream | undefined;
  #agent: string | undefined;
  #read = 0;
  #clock: AgentClock = { offsetMs: Number.POSITIVE_INFINITY };

  constructor(open: (signal: AbortSignal) => Promise<LineStream>, hear: (heard: Heard) => void) {
    this.#open = open;
    this.#hear = hear;
    this.#work = this.#keep();
  }

  /** What the agent is to ask from now on. */
  follow(streams: WatchStream[]): void {
    this.#streams = streams;
    this.#send();
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#stream?.end();
    await this.#work;
  }

  #send(): void {
    if (!this.#stream || this.#streams.length === 0) return;
    const plan: WatchPlan = {
      streams: this.#streams,
      since: this.#read,
      ...(this.#agent !== undefined && { agent: this.#agent }),
    };
    void Promise.resolve(this.#stream.send(JSON.stringify(plan))).catch(() => {});
  }

  async #keep(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const silent = new AbortController();
      try {
        await this.#once(AbortSignal.any([signal, silent.signal]), silent);
      } catch {
        // Whatever it was: there is no agent now, and there may be one in a moment.
      }
      silent.abort();
      this.#stream = undefined;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #once(signal: AbortSignal, silent: AbortController): Promise<void> {
    const stream = await this.#open(signal);
    this.#stream = stream;
    this.#send();
    let timer = setTimeout(() => silent.abort(), SILENT_MS);
    try {
      for await (const text of stream.lines) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), SILENT_MS);
        const line = readLine(text);
        if (line) this.#take(line);
      }
    } finally {
      clearTimeout(timer);
      stream.end();
    }
  }

  #take(line: WatchLine): void {
    if (line.agent !== this.#agent) {
      this.#agent = line.agent;
      this.#read = 0;
      this.#clock = { offsetMs: Number.POSITIVE_INFINITY };
    }
    if (line.number <= this.#read) return;
    this.#read = line.number;
    const receivedMs = nowMs();
    this.#clock.offsetMs = Math.min(this.#clock.offsetMs, receivedMs - line.nowMs);
    this.#hear({ line, clock: this.#clock });
  }
}
