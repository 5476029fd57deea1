import type { ApiSilence } from '../model/facts/kubernetes.ts';

/** A healthy API server answers in well under a second; what is shorter than this is not worth a word. */
const SILENCE_MS = 5_000;
/** An answer that took so long came when the server answered again; a quicker one found it answering. */
const LATE_MS = 1_000;
const TICK_MS = 250;

/** One request that is under way, told how it ends. */
export interface Asked {
  answered(): void;
  /** No answer came, or none of the server's own. */
  failed(): void;
  /** It was given up here, which says nothing of the server. */
  dropped(): void;
}

/**
 * Notes when an API server answered none of the requests that were under way. Only time in which this process ran
 * counts: a machine that slept has not been waiting.
 */
export class Answers {
  readonly #silences: ApiSilence[] = [];
  #underWay = 0;
  /** Since when nothing has been answered, by the clock that only goes forward. */
  #since: number | undefined;
  #failedAt = 0;
  #awakeMs = 0;
  #ticking: NodeJS.Timeout | undefined;
  #aheadMs: number | undefined;

  /** How far the server's clock is before ours, to a second; undefined where no answer said a time. */
  get aheadMs(): number | undefined {
    return this.#aheadMs;
  }

  /** Called with the Date header of an answer that has just come. */
  dated(date: string | undefined): void {
    const said = Date.parse(date ?? '');
    if (Number.isFinite(said)) this.#aheadMs = said - Date.now();
  }

  /** Called as a request is sent. */
  asked(): Asked {
    const sentAt = performance.now();
    this.#underWay += 1;
    this.#begin(sentAt);
    return {
      answered: () => {
        const now = performance.now();
        this.#underWay -= 1;
        this.#end(now - sentAt >= LATE_MS ? now : Math.max(this.#failedAt, this.#since ?? now));
        if (this.#underWay > 0) this.#begin(now);
      },
      failed: () => {
        this.#underWay -= 1;
        this.#failedAt = performance.now();
      },
      dropped: () => {
        this.#underWay -= 1;
        if (this.#underWay === 0 && this.#failedAt === 0) this.#reset();
      },
    };
  }

  /** Those so far; one that has not ended is without its end. */
  silences(): ApiSilence[] {
    const open = this.#since === undefined ? [] : this.#spanTo(this.#underWay > 0 ? performance.now() : this.#failedAt);
    return [...this.#silences, ...open.map(({ from, seconds }) => ({ from, seconds }))];
  }

  #begin(now: number): void {
    if (this.#since !== undefined) return;
    this.#since = now;
    this.#awakeMs = 0;
    let tickedAt = now;
    this.#ticking = setInterval(() => {
      const tick = performance.now();
      this.#awakeMs += Math.min(tick - tickedAt, 2 * TICK_MS);
      tickedAt = tick;
    }, TICK_MS).unref();
  }

  #end(at: number): void {
    this.#silences.push(...this.#spanTo(at));
    this.#reset();
  }

  #reset(): void {
    clearInterval(this.#ticking);
    this.#since = undefined;
    this.#failedAt = 0;
  }

  #spanTo(at: number): ApiSilence[] {
    const lastedMs = Math.min(at - (this.#since ?? at), this.#awakeMs + TICK_MS);
    if (lastedMs < SILENCE_MS) return [];
    const iso = (time: number) => new Date(performance.timeOrigin + time).toISOString();
    return [{ from: iso(this.#since ?? at), until: iso(at), seconds: Math.round(lastedMs / 1_000) }];
  }
}
