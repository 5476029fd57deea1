import { setTimeout as sleep } from 'node:timers/promises';
import { readClusterState, readNodeEvents } from '../../cluster/cluster-state.ts';
import type { ClusterClient } from '../../cluster/connect.ts';
import type { ClusterState } from '../../model/watch.ts';
import { changesBetween } from '../../observe/watch/changes.ts';

const EVERY_MS = 2_000;
/** One answer that is late is no outage of the API server. */
const AWAY_MS = 4_000;

export interface SeenChange {
  atMs: number;
  text: string;
}

export const nowMs = (): number => performance.timeOrigin + performance.now();

/** What changes in the cluster while it is watched: nodes, plugins, pods of ours, events, the API server itself. */
export class Surroundings {
  readonly changes: SeenChange[] = [];
  readonly #client: ClusterClient;
  readonly #own: readonly string[];
  readonly #onChange: (change: SeenChange) => void;
  readonly #known = new Set<string>();
  #state: ClusterState | undefined;
  #answeredMs = nowMs();
  #isAway = false;

  constructor(client: ClusterClient, own: readonly string[], onChange: (change: SeenChange) => void) {
    this.#client = client;
    this.#own = own;
    this.#onChange = onChange;
  }

  /** Reads again and again until it is ended. `answered` is called after each reading. */
  async keep(signal: AbortSignal, answered: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await this.#read()
        .then(answered)
        .catch(() => this.#failed());
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #read(): Promise<void> {
    const isFirst = this.#state === undefined;
    const [state, events] = await Promise.all([
      readClusterState(this.#client, this.#own),
      readNodeEvents(this.#client).catch(() => []),
    ]);
    const readMs = nowMs();
    if (this.#isAway) {
      const seconds = ((readMs - this.#answeredMs) / 1_000).toFixed(1);
      this.#note(readMs, `the API server answers again, after ${seconds} s`);
    }
    this.#isAway = false;
    this.#answeredMs = readMs;
    if (this.#state) for (const text of changesBetween(this.#state, state)) this.#note(readMs, text);
    this.#state = state;
    for (const { id, text } of events) {
      if (!isFirst && !this.#known.has(id)) this.#note(readMs, text);
      this.#known.add(id);
    }
  }

  #failed(): void {
    const atMs = nowMs();
    if (this.#isAway || atMs - this.#answeredMs < AWAY_MS) return;
    this.#isAway = true;
    this.#note(atMs, 'the API server does not answer');
  }

  #note(atMs: number, text: string): void {
    const change = { atMs, text };
    this.changes.push(change);
    this.#onChange(change);
  }
}
