import { WATCH_VERSION, type WatchOutage, type WatchPath, type WatchReport } from '../../helpers/model/watch.ts';
import { judgeWatch, type Unjudged } from '../../helpers/observe/watch/verdict.ts';

const STARTED_MS = Date.parse('2026-03-01T10:00:00.000Z');
const INTERVAL_MS = 100;

/** So many milliseconds after a watch began. */
export const atMs = (ms: number): string => new Date(STARTED_MS + ms).toISOString();

/** A path between pods of two nodes that answered each of its requests for ten seconds. */
export const watchPath = (from: string, to: string, more: Partial<WatchPath> = {}): WatchPath => ({
  id: `pod-pod/new/${from}/${to}`,
  pathClass: 'pod-pod',
  isLongLived: false,
  from,
  to,
  sent: 100,
  lost: 0,
  waited: 0,
  single: 0,
  interruptions: [],
  unseen: [],
  ...more,
});

/** An interruption of that path, from its second second on. */
export const watchOutage = (durationMs: number, more: Partial<WatchOutage> = {}): WatchOutage => ({
  pathClass: 'pod-pod',
  isLongLived: false,
  startedAt: atMs(2_000),
  durationMs,
  sent: durationMs / INTERVAL_MS,
  lost: durationMs / INTERVAL_MS,
  waited: 0,
  paths: ['pod-pod/new/a/b'],
  of: 1,
  changes: [],
  ...more,
});

/** The report of a watch of ten seconds, as judged. */
export function watchReport(more: Partial<WatchReport> = {}, mostMs?: number): WatchReport {
  const report: Unjudged = {
    kind: 'netwright-watch',
    version: WATCH_VERSION,
    runId: '20260301-100000-0000',
    netwrightVersion: '0.1.0',
    cluster: { name: 'test', serverVersion: 'v1.34.4', distribution: 'k3s', nodes: 2 },
    startedAt: atMs(0),
    endedAt: atMs(10_000),
    paths: [watchPath('a', 'b')],
    silent: 0,
    outages: [],
    changes: [],
    cost: { intervalMs: INTERVAL_MS, requestsPerSecond: 20, packetsPerSecond: 200, apiCalls: 1, execs: 1 },
    notes: [],
    ...more,
  };
  return { ...report, ...judgeWatch(report, mostMs) };
}
