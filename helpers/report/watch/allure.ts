import { createHash } from 'node:crypto';
import { ContentType, Stage, Status } from 'allure-js-commons';
import { FileSystemWriter, ReporterRuntime } from 'allure-js-commons/sdk/reporter';
import { watchWords, type WatchReport } from '../../model/watch.ts';
import { outageWords } from './words.ts';

/** Allure's results of a watch: one for each class and way of asking, and the picture. */
export function writeWatchAllure(resultsDir: string, report: WatchReport, timeline: string): void {
  const { cluster, runId, netwrightVersion, outages } = report;
  const runtime = new ReporterRuntime({
    writer: new FileSystemWriter({ resultsDir }),
    environmentInfo: {
      Cluster: cluster.name,
      Kubernetes: `${cluster.distribution} ${cluster.serverVersion}`,
      Run: runId,
      Netwright: netwrightVersion,
    },
  });
  runtime.writeEnvironmentInfo();
  for (const [words, paths] of Map.groupBy(report.paths, watchWords)) {
    const own = outages.filter((outage) => watchWords(outage) === words);
    const historyId = createHash('sha256').update(`watch:${words}`).digest('hex').slice(0, 32);
    const uuid = runtime.startTest({
      name: `${words}: no path is interrupted`,
      fullName: `watch:${words}`,
      historyId,
      testCaseId: historyId,
      titlePath: ['Watch'],
      status: own.length > 0 ? Status.FAILED : Status.PASSED,
      stage: Stage.FINISHED,
      statusDetails: own.length > 0 ? { message: own.map(outageWords).join('\n') } : {},
      labels: [
        { name: 'parentSuite', value: 'Watch' },
        { name: 'layer', value: 'watch' },
      ],
      start: Date.parse(report.startedAt),
    });
    runtime.writeAttachment(uuid, undefined, 'paths', Buffer.from(JSON.stringify(paths, null, 1)), {
      contentType: ContentType.JSON,
      fileExtension: 'json',
    });
    runtime.writeAttachment(uuid, undefined, 'timeline', Buffer.from(timeline), {
      contentType: ContentType.SVG,
      fileExtension: 'svg',
    });
    runtime.stopTest(uuid, { stop: Date.parse(report.endedAt) });
    runtime.writeTest(uuid);
  }
}
