import { setTimeout as sleep } from 'node:timers/promises';
import { whyOf } from '../../cluster/api-error.ts';
import { withSignal, type ClusterClient } from '../../cluster/connect.ts';
import { hasLabels } from '../../cluster/label-selector.ts';
import { hasRolledOut, readBefore, restart, restore, scaleTo, type Before } from '../../cluster/scaling.ts';
import type { Exercised } from '../../model/facts/acceptance.ts';
import type { RunContext } from '../../model/run-context.ts';
import { watchWords } from '../../model/watch.ts';
import { planExercise } from '../../observe/plans/exercise.ts';
import { waysOf } from '../../observe/watch/ways.ts';
import type { PreparedRun } from '../prepare.ts';
import { Streams } from '../watch/streams.ts';
import { nowMs } from '../watch/surroundings.ts';

/** Twenty requests a second and path. */
const INTERVAL_MS = 50;
/** Fewer show too little of a loss that is rare. */
const LEAST_REQUESTS = 5_000;
const MOST_MS = 300_000;
const ROLL_OUT_MS = 120_000;
const POLL_MS = 500;
/** Before and after each step: what belongs to it is then counted to it. */
const CALM_MS = 2_000;
/** So many pods more, for a scale-up. */
const MORE = 2;

type Step = Exercised['steps'][number];

const isSelected = (selector: Record<string, string>, labels: Record<string, string>): boolean =>
  Object.keys(selector).length > 0 && hasLabels(labels, selector);

/** Services before a workload's pods, by their selectors. */
const servicesOf = ({ topology }: RunContext, { namespace, labels }: Before): string[] =>
  topology.services
    .filter((service) => service.namespace === namespace && isSelected(service.selector, labels))
    .map(({ name }) => `${namespace}/${name}`);

const countOf = (streams: Streams): { sent: number; lost: number } => {
  const tallies = [...streams.watched.values()].map(({ tally }) => tally);
  return {
    sent: tallies.reduce((sum, { sent }) => sum + sent, 0),
    lost: tallies.reduce((sum, { lost }) => sum + lost, 0),
  };
};

const lossesOf = (streams: Streams): Exercised['losses'] =>
  [...streams.watched.values()]
    .filter(({ tally }) => tally.lost > 0)
    .map(({ path, tally }) => ({
      way: `${path.from} → ${path.to}, ${watchWords(path)}`,
      how: waysOf(tally.signs),
    }));

async function settled(client: ClusterClient, before: Before, replicas: number, signal: AbortSignal): Promise<boolean> {
  const endsAt = performance.now() + ROLL_OUT_MS;
  while (performance.now() < endsAt) {
    if (await hasRolledOut(client, before, replicas)) return true;
    await sleep(POLL_MS, undefined, { signal });
  }
  return false;
}

/** One step, with what was sent and lost from its beginning until all was calm again. */
async function step(
  name: Step['step'],
  streams: Streams,
  work: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<Step> {
  const begun = performance.now();
  const before = countOf(streams);
  const isDone = await work();
  const tookMs = Math.round(performance.now() - begun);
  await sleep(CALM_MS, undefined, { signal });
  const after = countOf(streams);
  return { step: name, isDone, tookMs, sent: after.sent - before.sent, lost: after.lost - before.lost };
}

async function exercised(run: PreparedRun, workload: string, signal: AbortSignal): Promise<Exercised> {
  const { context } = run;
  // What was begun is undone, interrupted or not.
  const client = withSignal(run.client, undefined);
  const [namespace = '', name = ''] = workload.split('/');
  const before = await readBefore(client, { namespace, name });
  const services = servicesOf(context, before);
  const streams = new Streams(context, client, (now) => planExercise(now, services), INTERVAL_MS);
  const paths = streams.watched.size;
  if (paths === 0)
    return {
      workload,
      paths,
      sent: 0,
      lost: 0,
      steps: [],
      losses: [],
      isRestored: true,
      why: 'no Service of it is asked over HTTP',
    };
  const { replicas } = before;
  const steps: Step[] = [];
  const begun = performance.now();
  let isRestored = false;
  let why: string | undefined;
  try {
    await sleep(CALM_MS, undefined, { signal });
    const restarted = new Date().toISOString();
    const all: [Step['step'], () => Promise<void>, number][] = [
      ['scale-up', () => scaleTo(client, before, replicas + MORE), replicas + MORE],
      ['rolling restart', () => restart(client, before, restarted), replicas + MORE],
      ['scale-down', () => restore(client, before), replicas],
    ];
    for (const [named, work, wanted] of all) {
      signal.throwIfAborted();
      const doing = async () => {
        await work();
        return settled(client, before, wanted, signal);
      };
      steps.push(await step(named, streams, doing, signal));
    }
    while (countOf(streams).sent < LEAST_REQUESTS && performance.now() - begun < MOST_MS)
      await sleep(POLL_MS, undefined, { signal });
  } catch (error) {
    why = whyOf(error);
  } finally {
    isRestored = await restore(client, before).then(
      () => true,
      () => false,
    );
    await streams.close(nowMs());
  }
  return {
    workload,
    paths,
    ...countOf(streams),
    steps,
    losses: lossesOf(streams),
    isRestored,
    ...(why !== undefined && { why }),
  };
}

/**
 * Scales the named Deployments up, restarts them, and scales them down again, while requests go through their Services
 * and hosts, and counts what is lost. Only what the user has named is touched. Records it. Never throws.
 */
export async function exerciseWorkloads(run: PreparedRun, signal: AbortSignal): Promise<void> {
  const { context, recorder } = run;
  for (const workload of context.acceptance?.exercise ?? []) {
    if (signal.aborted) return;
    const value = await exercised(run, workload, signal).catch((error: unknown): Exercised => ({
      workload,
      paths: 0,
      sent: 0,
      lost: 0,
      steps: [],
      losses: [],
      isRestored: true,
      why: whyOf(error),
    }));
    recorder.fact({ source: 'runner', key: 'exercised', value });
  }
}
