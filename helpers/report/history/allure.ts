import { createHash } from 'node:crypto';
import { Stage, Status } from 'allure-js-commons';
import type { ReporterRuntime } from 'allure-js-commons/sdk/reporter';
import type { RunReport } from '../run-report.ts';

/** The same cause is the same test from run to run, wherever it is found: Allure's history follows it. */
export const findingHistoryId = (code: string): string =>
  createHash('sha256').update(`finding:${code}`).digest('hex').slice(0, 32);

/**
 * Writes a result for each cause that the last run found and this one does not: passed where it is mended, so that
 * Allure calls it fixed; skipped where this run could not tell, which does not end a streak.
 */
export function writeGone(runtime: ReporterRuntime, report: RunReport): void {
  const found = new Set(report.findings.map(({ code }) => code));
  const gone = (report.changes?.problems ?? []).filter(({ code, state, confidence }) => {
    const isGone = state === 'mended' || state === 'unclear';
    return isGone && confidence !== 'unexplained' && !found.has(code);
  });
  const startMs = Date.parse(report.startedAt);
  for (const [code, changes] of Map.groupBy(gone, (change) => change.code)) {
    const [first] = changes;
    if (!first) continue;
    const unclear = changes.find(({ state }) => state === 'unclear');
    const historyId = findingHistoryId(code);
    const message = unclear
      ? `not told: ${unclear.why ?? 'it could not be seen'}`
      : `mended: ${changes.map(({ place }) => place).join('; ')}`;
    const uuid = runtime.startTest({
      name: first.title,
      fullName: `finding:${code}`,
      historyId,
      testCaseId: historyId,
      titlePath: ['Findings'],
      status: unclear ? Status.SKIPPED : Status.PASSED,
      stage: Stage.FINISHED,
      statusDetails: { message },
      description: `In the run before this one it was found. **Now**: ${message}`,
      labels: [
        { name: 'parentSuite', value: 'Findings' },
        { name: 'layer', value: 'finding' },
        { name: 'tag', value: code },
        { name: 'tag', value: unclear ? 'not told' : 'mended' },
      ],
      start: startMs,
    });
    runtime.stopTest(uuid, { stop: startMs });
    runtime.writeTest(uuid);
  }
}
