/** Requests that are lost within this time of each other belong to one interruption. */
export const CALM_MS = 1_000;
/** Turns that are missing for longer than this were nobody's: the agent was not there. */
const UNSEEN_MS = 2_000;

/** One interruption of one path, by the client's clock. */
export interface Interruption {
  startMs: number;
  /** When a request was answered again; the last turn that was seen where none was. */
  endMs: number;
  sent: number;
  lost: number;
  waited: number;
  /** How many were lost by which sign. */
  signs: Record<string, number>;
  isEndUnseen?: true;
}

/** How an agent's clock differs from this machine's. It is known the better the longer the agent is heard. */
export interface AgentClock {
  offsetMs: number;
}

/** An interruption by the clock of the agent that saw it. */
interface Clocked {
  interruption: Interruption;
  clock: AgentClock;
}

interface Open extends Interruption {
  lastBadMs: number;
  /** The first answer since, and how many. */
  goodMs?: number;
  good: number;
}

const isLost = (sign: string): boolean => sign !== '~';

/** Without what only its making needs. An answer after the last loss does not belong to it. */
function closed({ lastBadMs: _lastBadMs, goodMs: _goodMs, good: _good, ...interruption }: Open): Interruption {
  return interruption;
}

const byThisClock = ({ interruption, clock: { offsetMs } }: Clocked): Interruption => ({
  ...interruption,
  startMs: interruption.startMs + offsetMs,
  endMs: interruption.endMs + offsetMs,
});

/**
 * What the signs of a path add up to. Pure: signs in, interruptions out. Signs come in the order of their times. What
 * was lost before the first answer is not counted: a path that never worked has no interruptions.
 */
export class Tally {
  sent = 0;
  lost = 0;
  waited = 0;
  single = 0;
  /** How many were lost by which sign. */
  readonly signs: Record<string, number> = {};
  readonly #closed: Clocked[] = [];
  readonly unseen: { startMs: number; endMs: number }[] = [];
  #clock: AgentClock = { offsetMs: 0 };
  #isKnown = false;
  #seenMs: number | undefined;
  #open: Open | undefined;

  /** Whether it has been answered at all. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Those that are over, by this machine's clock. */
  get interruptions(): Interruption[] {
    return this.#closed.map(byThisClock);
  }

  /** The interruption that is under way. */
  get open(): Interruption | undefined {
    const open = this.#open;
    if (!open || open.lost + open.waited < 2) return undefined;
    return byThisClock({ interruption: closed(open), clock: this.#clock });
  }

  /** Adds signs, one an interval, the first of them at `fromMs` by the agent's clock. */
  add(fromMs: number, intervalMs: number, signs: string, clock: AgentClock = this.#clock): void {
    if (clock !== this.#clock) this.#changeClock(clock);
    for (const [index, sign] of Array.from(signs).entries()) this.#turn(fromMs + index * intervalMs, intervalMs, sign);
  }

  /** The watch has ended, by this machine's clock: what nobody saw until then was not answered for. */
  endAt(endMs: number): void {
    this.#cutOff();
    const seenMs = this.#seenMs === undefined ? undefined : this.#seenMs + this.#clock.offsetMs;
    if (this.#isKnown && seenMs !== undefined && endMs - seenMs > UNSEEN_MS)
      this.unseen.push({ startMs: seenMs, endMs });
  }

  /** Ends what is under way: nothing more will be seen of it. */
  #cutOff(): void {
    const open = this.#open;
    if (!open) return;
    if (open.goodMs === undefined) this.#close({ ...open, isEndUnseen: true });
    else this.#close(open);
  }

  /** Another agent goes on: what was under way is seen no more by the one that saw it begin. */
  #changeClock(clock: AgentClock): void {
    this.#cutOff();
    if (this.#seenMs !== undefined) this.#seenMs += this.#clock.offsetMs - clock.offsetMs;
    this.#clock = clock;
  }

  #turn(atMs: number, intervalMs: number, sign: string): void {
    if (sign === '-') return;
    this.#noteUnseen(atMs, intervalMs);
    this.#seenMs = atMs;
    if (sign === '.') return this.#answered(atMs);
    if (!this.#isKnown) return;
    this.#failed(atMs, intervalMs, sign);
  }

  #noteUnseen(atMs: number, intervalMs: number): void {
    const seenMs = this.#seenMs;
    if (seenMs === undefined || atMs - seenMs <= UNSEEN_MS) return;
    const { offsetMs } = this.#clock;
    if (this.#isKnown) this.unseen.push({ startMs: seenMs + intervalMs + offsetMs, endMs: atMs + offsetMs });
    this.#cutOff();
  }

  #answered(atMs: number): void {
    this.#isKnown = true;
    this.sent += 1;
    const open = this.#open;
    if (!open) return;
    open.good += 1;
    open.goodMs ??= atMs;
    open.endMs = open.goodMs;
    if (atMs - open.lastBadMs > CALM_MS) this.#close(open);
  }

  #failed(atMs: number, intervalMs: number, sign: string): void {
    if (this.#open?.goodMs !== undefined && atMs - this.#open.lastBadMs > CALM_MS) this.#close(this.#open);
    const open = (this.#open ??= {
      startMs: atMs,
      endMs: atMs,
      lastBadMs: atMs,
      sent: 0,
      lost: 0,
      waited: 0,
      signs: {},
      good: 0,
    });
    open.sent += open.good + (isLost(sign) ? 1 : 0);
    open.good = 0;
    open.goodMs = undefined;
    open.lastBadMs = atMs;
    open.endMs = atMs + intervalMs;
    if (!isLost(sign)) {
      this.waited += 1;
      open.waited += 1;
      return;
    }
    this.sent += 1;
    this.lost += 1;
    open.lost += 1;
    open.signs[sign] = (open.signs[sign] ?? 0) + 1;
    this.signs[sign] = (this.signs[sign] ?? 0) + 1;
  }

  #close(open: Open): void {
    this.#open = undefined;
    if (open.lost + open.waited > 1) this.#closed.push({ interruption: closed(open), clock: this.#clock });
    else this.single += open.lost;
  }
}
