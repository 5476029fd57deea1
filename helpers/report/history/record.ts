import { z } from 'zod';
import type { RunReport } from '../run-report.ts';
import type { Changes } from './changes.ts';
import { knownProblemSchema } from './problem-schema.ts';

/** Rises when a reader of the old shape would misread the new one. */
export const HISTORY_VERSION = 1;

const problem = knownProblemSchema.extend({
  /** ISO time of the first run of those that have it without a break. */
  since: z.string(),
  /** Set where this run could not tell whether it is still there. */
  isUnclear: z.literal(true).optional(),
});

/** What is kept of a run: a line of the history. */
export const historyRecordSchema = z.object({
  v: z.literal(HISTORY_VERSION),
  runId: z.string(),
  startedAt: z.string(),
  verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']),
  cluster: z.string(),
  clusterId: z.string().optional(),
  problems: z.array(problem),
});

export type HistoryRecord = z.output<typeof historyRecordSchema>;
export type RecordedProblem = HistoryRecord['problems'][number];

/** What is kept of a run: the problems that it has, and those of which it could not tell. */
export function recordOf({ runId, startedAt, verdict, cluster }: RunReport, { problems }: Changes): HistoryRecord {
  return {
    v: HISTORY_VERSION,
    runId,
    startedAt,
    verdict,
    cluster: cluster.name,
    ...(cluster.id !== undefined && { clusterId: cluster.id }),
    problems: problems.flatMap(({ state, code, place, title, confidence, nodes, suites, since }) =>
      state === 'mended'
        ? []
        : [
            {
              code,
              place,
              title,
              confidence,
              nodes,
              suites,
              since,
              ...(state === 'unclear' && { isUnclear: true as const }),
            },
          ],
    ),
  };
}

/** Runs of the same cluster: by its own id where both know it, for K3s calls every cluster `default`. */
export const isSameCluster = ({ cluster, clusterId }: HistoryRecord, report: RunReport): boolean =>
  clusterId !== undefined && report.cluster.id !== undefined
    ? clusterId === report.cluster.id
    : cluster === report.cluster.name;
