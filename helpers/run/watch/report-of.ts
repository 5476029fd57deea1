import type { RunContext } from '../../model/run-context.ts';
import { WATCH_VERSION, watchWords, type WatchPath, type WatchReport } from '../../model/watch.ts';
import { costOf } from '../../observe/plans/watch.ts';
import { outagesOf, type Outage } from '../../observe/watch/outages.ts';
import type { Interruption } from '../../observe/watch/tally.ts';
import { waysOf } from '../../observe/watch/ways.ts';
import { judgeWatch, type Unjudged } from '../../observe/watch/verdict.ts';
import { version } from '../../version.ts';
import type { Stall, Watched } from './streams.ts';
import type { SeenChange } from './surroundings.ts';

/** A change is seen some seconds after it happened, and may take as long to have its effect. */
const BEFORE_MS = 15_000;
const AFTER_MS = 5_000;
/** Beside one outage; all are in `changes`. */
const MOST_CHANGES = 12;

const iso = (ms: number): string => new Date(ms).toISOString();

function interruptionOf({ startMs, endMs, sent, lost, waited, signs, isEndUnseen }: Interruption) {
  return {
    startedAt: iso(startMs),
    durationMs: Math.round(endMs - startMs),
    sent,
    lost,
    waited,
    ways: waysOf(signs),
    ...(isEndUnseen && { isEndUnseen }),
  };
}

function pathOf({ path: { id, pathClass, isLongLived, from, to }, tally }: Watched): WatchPath {
  const { sent, lost, waited, single, interruptions, unseen } = tally;
  return {
    id,
    pathClass,
    isLongLived,
    from,
    to,
    sent,
    lost,
    waited,
    single,
    interruptions: interruptions.map(interruptionOf),
    unseen: unseen.map(({ startMs, endMs }) => ({ startedAt: iso(startMs), durationMs: Math.round(endMs - startMs) })),
  };
}

function beside({ startMs, endMs }: Outage, changes: readonly SeenChange[]): number[] {
  return changes
    .flatMap(({ atMs }, index) => (atMs >= startMs - BEFORE_MS && atMs <= endMs + AFTER_MS ? [index] : []))
    .slice(0, MOST_CHANGES);
}

/** The longest for which an agent of an interrupted path was kept from running. Who answers a Service may be any. */
function stallOf(
  { startMs, endMs, paths: ids }: Outage,
  watched: readonly Watched[],
  stalls: readonly Stall[],
): number {
  const own = watched.filter(({ path }) => ids.includes(path.id)).map(({ path }) => path);
  const isBetween = own.every(({ pathClass }) => pathClass === 'pod-pod' || pathClass === 'host-host');
  const ends = new Set(own.flatMap(({ from, to }) => [from, to]));
  const meanwhile = stalls.filter((stall) => stall.endMs >= startMs && stall.endMs - stall.stallMs <= endMs);
  const theirs = meanwhile.filter(({ node }) => !isBetween || ends.has(node ?? ''));
  return Math.max(0, ...theirs.map(({ stallMs }) => stallMs));
}

/** What never answered, class by class. */
function silentNotes(watched: readonly Watched[]): string[] {
  const silent = watched.filter(({ tally }) => !tally.isKnown);
  return [...Map.groupBy(silent, ({ path }) => watchWords(path))].map(
    ([words, paths]) =>
      `${words}: never answered, so nothing is said of it: ` +
      paths.map(({ path }) => `${path.from} → ${path.to}`).join(', '),
  );
}

export interface WatchEnd {
  context: RunContext;
  watched: readonly Watched[];
  stalls: readonly Stall[];
  changes: readonly SeenChange[];
  intervalMs: number;
  startedMs: number;
  endedMs: number;
  counts: { apiCalls: number; execs: number };
  notes: readonly string[];
  /** What an interruption may take, where that was asked. */
  mostMs?: number | undefined;
}

/** The report of a watch that has ended. Pure but for the version. */
export function watchReportOf({
  context,
  watched,
  changes,
  stalls,
  intervalMs,
  startedMs,
  endedMs,
  counts,
  notes,
  mostMs,
}: WatchEnd): WatchReport {
  const { topology, runId, holes } = context;
  const known = watched.filter(({ tally }) => tally.isKnown);
  const outages = outagesOf(known.map(({ path, tally }) => ({ ...path, interruptions: tally.interruptions })));
  const report: Unjudged = {
    kind: 'netwright-watch',
    version: WATCH_VERSION,
    runId,
    netwrightVersion: version(),
    cluster: {
      name: topology.name,
      serverVersion: topology.serverVersion,
      distribution: topology.distribution,
      nodes: topology.nodes.length,
    },
    startedAt: iso(startedMs),
    endedAt: iso(endedMs),
    paths: known.map(pathOf),
    silent: watched.length - known.length,
    outages: outages.map((outage) => {
      const { startMs, endMs, pathClass, isLongLived, ...rest } = outage;
      const stallMs = stallOf(outage, known, stalls);
      const same = known.filter(({ path }) => path.pathClass === pathClass && path.isLongLived === isLongLived);
      return {
        pathClass,
        isLongLived,
        ...rest,
        startedAt: iso(startMs),
        durationMs: Math.round(endMs - startMs),
        of: same.length,
        ...(stallMs > 0 && { stallMs }),
        changes: beside(outage, changes),
      };
    }),
    changes: changes.map(({ atMs, text }) => ({ at: iso(atMs), text })),
    cost: { intervalMs, ...costOf(watched.map(({ path }) => path)), ...counts },
    notes: [...silentNotes(watched), ...holes.map(({ what, why }) => `${what}: ${why}`), ...notes],
  };
  return { ...report, ...judgeWatch(report, mostMs) };
}
