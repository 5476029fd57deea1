import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchReportSchema, type WatchReport } from '../../model/watch.ts';
import { generateAllure } from '../allure-report.ts';
import { writeWatchAllure } from './allure.ts';
import { watchMarkdown } from './markdown.ts';
import { timelineSvg } from './timeline.ts';
import { watchSentence } from './words.ts';

/** Writes watch.json, checked against its schema, summary.md, timeline.svg and Allure's results and page. */
export async function writeWatch(
  report: WatchReport,
  { reportDir, html }: { reportDir: string; html: boolean },
): Promise<void> {
  const resultsDir = join(reportDir, 'allure-results');
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(join(reportDir, 'watch.json'), `${JSON.stringify(watchReportSchema.parse(report), null, 1)}\n`);
  const timeline = timelineSvg(report);
  writeFileSync(join(reportDir, 'timeline.svg'), timeline);
  writeFileSync(join(reportDir, 'summary.md'), watchMarkdown(report));
  writeWatchAllure(resultsDir, report, timeline);
  const name = `Watched ${report.cluster.name}: ${watchSentence(report)}`;
  if (html)
    await generateAllure(
      { name, plugins: { awesome: { options: { singleFile: true, reportName: name, groupBy: ['parentSuite'] } } } },
      { resultsDir, reportDir },
    );
}
