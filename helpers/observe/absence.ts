/**
 * How long somebody who does not answer is left alone: after the second failure for as long as the failures have gone
 * on by then. One that comes back soon is asked again soon, and one that stays away is asked a handful of times, each
 * of which may cost a time-out.
 */
export class Absence {
  #first: number | undefined;
  #last = 0;
  #words = '';
  readonly #now: () => number;

  /** `now` is a clock in milliseconds that does not go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The words of the last failure while it is left alone; undefined when it may be asked. */
  leftAlone(): string | undefined {
    // A single failure has gone on for no time: it is asked again at once.
    return this.#first !== undefined && this.#now() - this.#last < this.#last - this.#first ? this.#words : undefined;
  }

  failed(words: string): void {
    this.#last = this.#now();
    this.#first ??= this.#last;
    this.#words = words;
  }

  answered(): void {
    this.#first = undefined;
  }
}
