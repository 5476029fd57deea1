import type { Observation } from '../../../../helpers/model/observation.ts';
import { changesIn } from '../../../../helpers/report/history/changes.ts';
import { recordOf, type HistoryRecord } from '../../../../helpers/report/history/record.ts';
import type { RunReport } from '../../../../helpers/report/run-report.ts';
import { reportOn } from '../recorded-report.ts';

type Seen = readonly Observation[];

/** Runs of one cluster, a night after the other, each held against those before it. */
export class Nights {
  readonly history: HistoryRecord[] = [];

  /** One more night with these observations, or with this report. */
  next(seen: Seen | RunReport, change: Partial<RunReport> = {}): RunReport {
    const day = String(this.history.length + 1).padStart(2, '0');
    const base = 'runId' in seen ? seen : reportOn(seen);
    const report: RunReport = {
      ...base,
      runId: `202603${day}-020000-ab${day}`,
      startedAt: `2026-03-${day}T02:00:00.000Z`,
      ...change,
    };
    const changes = changesIn(report, this.history);
    this.history.push(recordOf(report, changes));
    return { ...report, changes };
  }
}

/** The states of the problems of a night, each once, by code. */
export const states = ({ changes }: RunReport): string[] => [
  ...new Set((changes?.problems ?? []).map(({ code, state }) => `${state} ${code}`)),
];
