import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Place } from '../model/observation.ts';
import type { Batch, ProbeResult, Strain } from '../probe/protocol.ts';
import { Absence } from './absence.ts';

export interface BatchOutcome {
  results: Map<string, ProbeResult>;
  /** Ids of what was asked and not answered. */
  missing: string[];
  /** Why the stream ended before all had answered. */
  lost?: string;
  /** How busy the agent's node was, if the agent said so at the batch's end. */
  strain?: Strain;
}

/** An agent that answers batches: helpers/probe's session, over an exec or a child process. */
export interface AgentSession {
  runBatch(batch: Batch, options: { timeoutMs: number; signal?: AbortSignal }): Promise<BatchOutcome>;
  close(): void | Promise<void>;
}

export type OpenSession = (source: Place) => Promise<AgentSession>;

export interface RunOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** A retry: `calm` does not wait for it. */
  isAgain?: boolean;
}

export const sourceKey = ({ network, node }: Place): string => `${network ?? ''}/${node ?? ''}`;

interface Held {
  opening: Promise<AgentSession>;
  /** Batches that run over it. */
  underWay: number;
  isDropped: boolean;
}

/** Ends an unused session. Never rejects: one that never opened, or is broken, has already ended. */
const close = ({ opening }: Held): Promise<void> => opening.then((session) => session.close()).catch(() => {});

const lostAll = ({ probes }: Batch, lost: string): BatchOutcome => ({
  results: new Map(),
  missing: probes.map(({ id }) => id),
  lost,
});

/**
 * The agents of a run. Each opens when it is first asked and stays open: one exec a pod serves all suites. After a loss
 * the next batch opens a new session, so a lost exec costs only its own batch. One that stays away, as on a node that
 * is gone, is not asked anew for every batch.
 */
export class Fleet {
  readonly #open: OpenSession;
  readonly #sessions = new Map<string, Held>();
  readonly #absences = new Map<string, Absence>();
  readonly #underWay = new Set<Promise<BatchOutcome>>();

  constructor(open: OpenSession) {
    this.#open = open;
  }

  /**
   * Runs a batch at a place. Never throws for what the network or the cluster does: that comes back as `missing` and
   * `lost`.
   */
  async run(source: Place, batch: Batch, options: RunOptions): Promise<BatchOutcome> {
    const outcome = this.#twice(source, batch, options);
    if (options.isAgain) return outcome;
    this.#underWay.add(outcome);
    return outcome.finally(() => this.#underWay.delete(outcome));
  }

  /**
   * Resolves when only retries are under way. A probe sent then meets no delay from a crowd of other probes, neither at
   * its agent nor at the server that they all ask.
   */
  async calm(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      // A caller that waited for one of these batches starts its next one now.
      await nextTurn();
    }
  }

  async #twice(source: Place, batch: Batch, options: RunOptions): Promise<BatchOutcome> {
    const first = await this.#once(source, batch, options);
    if (!first.lost || first.missing.length === 0 || options.signal?.aborted) return first;
    // The transport is tried once more, and only for what has not been answered.
    const missing = new Set(first.missing);
    const second = await this.#once(
      source,
      { ...batch, probes: batch.probes.filter(({ id }) => missing.has(id)) },
      options,
    );
    return { ...second, results: new Map([...first.results, ...second.results]) };
  }

  async #once(source: Place, batch: Batch, options: RunOptions): Promise<BatchOutcome> {
    const key = sourceKey(source);
    const absence = this.#absences.get(key) ?? new Absence();
    this.#absences.set(key, absence);
    const away = this.#sessions.has(key) ? undefined : absence.leftAlone();
    if (away !== undefined) return lostAll(batch, away);
    const held = this.#sessions.get(key) ?? { opening: this.#open(source), underWay: 0, isDropped: false };
    this.#sessions.set(key, held);
    held.underWay += 1;
    try {
      const session = await held.opening;
      const outcome = await session.runBatch(batch, options);
      if (outcome.lost) this.#drop(key, held, absence, outcome.lost);
      else absence.answered();
      return outcome;
    } catch (error) {
      const lost = error instanceof Error ? error.message : String(error);
      this.#drop(key, held, absence, lost);
      return lostAll(batch, lost);
    } finally {
      held.underWay -= 1;
      // Not awaited: nobody needs the result of a session that is already lost.
      if (held.isDropped && held.underWay === 0) void close(held);
    }
  }

  /** The next batch opens a new session. Batches that still run on the old one may finish. */
  #drop(key: string, held: Held, absence: Absence, lost: string): void {
    // Batches that share a session fail together: that is one failure.
    if (!held.isDropped) absence.failed(lost);
    held.isDropped = true;
    if (this.#sessions.get(key) === held) this.#sessions.delete(key);
  }

  /** Ends every session. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(close));
  }
}
