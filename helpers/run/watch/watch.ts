import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireRunLock, type RunLock } from '../../cluster/lease.ts';
import type { Config } from '../../config/config.ts';
import { NetwrightError } from '../../errors.ts';
import type { WatchReport } from '../../model/watch.ts';
import { planWatch } from '../../observe/plans/watch.ts';
import { probeNamespaces } from '../../probe/manifests.ts';
import { plainTexts } from '../../report/plain.ts';
import { prepareRun, type PreparedRun } from '../prepare.ts';
import { newRunId } from '../run-id.ts';
import { Live, type LiveNews } from './live.ts';
import { ownPods } from './own-pods.ts';
import { watchReportOf } from './report-of.ts';
import { Streams } from './streams.ts';
import { nowMs, Surroundings, type SeenChange } from './surroundings.ts';

const PODS_EVERY_MS = 700;
const LOOK_EVERY_MS = 500;
const STATE_EVERY_MS = 30_000;
/** What was asked last gets its answer, and is told. */
const LAST_ANSWERS_MS = 2_000;

export interface WatchOptions {
  config: Config;
  /** Ends it, as the time does; what was seen is reported. */
  signal: AbortSignal;
  forMs?: number;
  /** What an interruption may take. */
  mostMs?: number;
  onProgress: (text: string) => void;
  onTrouble: (text: string) => void;
  onNews: (news: LiveNews | { kind: 'change'; change: SeenChange }) => void;
  /** How all stands is told so often; twice a second where it is rewritten in place. */
  stateEveryMs?: number;
}

export interface WatchEnded {
  report: WatchReport;
  reportDir: string;
}

/** The lock of a watch that outlives an API server: what ran out meanwhile is taken again. */
class KeptLock {
  readonly #run: PreparedRun;
  #lock: RunLock;
  #isTaken: string | undefined;

  constructor(run: PreparedRun) {
    this.#run = run;
    this.#lock = run.lock;
  }

  /** Why it is another's now, and the watch has to end. */
  get taken(): string | undefined {
    return this.#isTaken;
  }

  async renew(): Promise<void> {
    if (!this.#lock.lost.aborted) return;
    const { client, context } = this.#run;
    try {
      this.#lock = await acquireRunLock(client, `${context.runId} on ${hostname()}`);
    } catch (error) {
      if (error instanceof NetwrightError && error.code === 'run-in-progress') this.#isTaken = error.message;
    }
  }

  async release(): Promise<void> {
    if (this.#lock !== this.#run.lock) await this.#lock.release();
  }
}

/** Keeps doing something until it is ended; what fails is done again at the next turn. */
async function again(everyMs: number, signal: AbortSignal, what: () => void | Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await Promise.resolve(what()).catch(() => {});
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function watching(run: PreparedRun, options: WatchOptions): Promise<WatchReport> {
  const { context, client } = run;
  const { config, signal, forMs, onNews, stateEveryMs = STATE_EVERY_MS } = options;
  const ended = new AbortController();
  const prepared = config.probe.namespaces;
  const startedMs = nowMs();
  const lock = new KeptLock(run);
  const streams = new Streams(context, client, planWatch);
  const watched = () => [...streams.watched.values()];
  const live = new Live();
  const surroundings = new Surroundings(client, Object.values(probeNamespaces(context.runId, prepared)), (change) =>
    onNews({ kind: 'change', change }),
  );
  const work = [
    again(PODS_EVERY_MS, ended.signal, async () => streams.renew(await ownPods(client, context.runId, prepared))),
    again(LOOK_EVERY_MS, ended.signal, () => live.look(watched()).forEach(onNews)),
    again(stateEveryMs, ended.signal, () => onNews(live.state(watched()))),
    surroundings.keep(ended.signal, async () => {
      await lock.renew();
      if (lock.taken !== undefined) ended.abort();
    }),
  ];
  await sleep(forMs ?? 2 ** 31 - 1, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => {});
  const endedMs = nowMs();
  if (!ended.signal.aborted) await sleep(LAST_ANSWERS_MS);
  ended.abort();
  await streams.close(endedMs);
  // A request to an API server that is away ends by its own time-out.
  await Promise.race([Promise.all(work), sleep(LAST_ANSWERS_MS)]);
  await lock.release();
  return watchReportOf({
    context,
    watched: watched(),
    stalls: streams.stalls,
    changes: surroundings.changes,
    intervalMs: streams.intervalMs,
    startedMs,
    endedMs,
    counts: { ...client.counts },
    mostMs: options.mostMs,
    notes: lock.taken === undefined ? [] : [`the watch ended: ${lock.taken}`],
  });
}

/**
 * Watches a cluster's paths until it is told to end or its time is over. Everything it made in the cluster is then
 * removed. Throws as `prepareRun` does where nothing could be begun.
 */
export async function watchCluster(options: WatchOptions): Promise<WatchEnded> {
  const { config, signal, onProgress, onTrouble } = options;
  const run = await prepareRun({ config, runId: newRunId(), onProgress, onTrouble, signal });
  try {
    onProgress('watching');
    const report = plainTexts(await watching(run, options));
    return { report, reportDir: run.context.reportDir };
  } finally {
    run.recorder.flush();
    const trouble = await run.finish();
    if (trouble) onTrouble(trouble);
  }
}
