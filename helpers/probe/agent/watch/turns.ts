import type { StreamSigns } from '../../watch-protocol.ts';

/** A turn that nobody has decided yet. */
const OPEN = '';

/**
 * The turns of a stream, numbered from its start in steps of its interval, each with its sign as soon as it is known.
 * They are told in their order: a turn that is open keeps back those after it.
 */
export class Turns {
  readonly #startMs: number;
  readonly #intervalMs: number;
  /** Signs from `#told` on. */
  #signs: string[] = [];
  #told = 0;

  constructor(startMs: number, intervalMs: number) {
    this.#startMs = startMs;
    this.#intervalMs = intervalMs;
  }

  /** The turn that a moment belongs to. */
  at(nowMs: number): number {
    return Math.floor((nowMs - this.#startMs) / this.#intervalMs);
  }

  startOf(turn: number): number {
    return this.#startMs + turn * this.#intervalMs;
  }

  /** Begins a turn; those that were left out since the last one were not sent. */
  begin(turn: number): void {
    while (this.#told + this.#signs.length < turn) this.#signs.push('-');
    if (this.#told + this.#signs.length === turn) this.#signs.push(OPEN);
  }

  /** Decides a turn that is open; one that is decided stays as it is. */
  decide(turn: number, sign: string): void {
    const index = turn - this.#told;
    if (this.#signs[index] === OPEN) this.#signs[index] = sign;
  }

  /** Nothing is decided any more: what is open now says nothing. */
  end(): void {
    this.#signs = this.#signs.map((sign) => (sign === OPEN ? '-' : sign));
  }

  /** What is decided and was not told yet; undefined where there is nothing. */
  tell(): Omit<StreamSigns, 'id'> | undefined {
    const open = this.#signs.indexOf(OPEN);
    const count = open < 0 ? this.#signs.length : open;
    if (count === 0) return undefined;
    const signs = this.#signs.splice(0, count).join('');
    const fromMs = Math.round(this.startOf(this.#told));
    this.#told += count;
    return { fromMs, signs };
  }
}
