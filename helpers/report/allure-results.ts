import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ContentType, Stage, Status } from 'allure-js-commons';
import { FileSystemWriter, ReporterRuntime } from 'allure-js-commons/sdk/reporter';
import { ACCEPTANCE_AREAS } from '../model/acceptance.ts';
import type { Finding, Unexplained } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import { observationLines } from './allure-lines.ts';
import { count } from './counted.ts';
import { pageName, pagePath } from './finding-page.ts';
import { findingHistoryId, writeGone } from './history/allure.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';
import { whereText } from './where.ts';

export interface AllureInput {
  resultsDir: string;
  report: RunReport;
  observations: readonly Observation[];
  /** SVG of the node matrix; left out when undefined. */
  matrixSvg?: string;
}

/** So many observations are attached to a sentence of evidence; all are in observations.ndjson. */
const MOST_CITED = 6;

/**
 * In what time a problem was found: the whole run. Allure sorts by the start, so that problems stand before symptoms,
 * and by a millisecond a problem in the order of the report.
 */
const runTimes = ({ startedAt, endedAt = startedAt }: RunReport, place: number): { start: number; stop: number } => ({
  start: Date.parse(startedAt) + place,
  stop: Date.parse(endedAt) + place,
});

function environmentInfo({
  cluster,
  profile,
  runId,
  netwrightVersion,
  verdict,
  counts,
}: RunReport): Record<string, string> {
  return {
    Cluster: cluster.name,
    Kubernetes: `${cluster.distribution} ${cluster.serverVersion}`,
    Overlay: cluster.overlay,
    // Allure cuts longer values.
    Nodes: String(cluster.nodes.length),
    Profile: profile,
    Verdict: verdict,
    Run: runId,
    Probes: `${counts.failed} of ${counts.probes} failed`,
    ...(counts.inconclusive > 0 && { 'Not observed': `${counts.inconclusive} probes` }),
    ...(counts.evidence > 0 && { 'Evidence only': `${counts.evidence} probes` }),
    ...(netwrightVersion !== undefined && { Netwright: netwrightVersion }),
  };
}

function description({ code, confidence, evidence, remedy, verify, rivals, explains }: Finding, where: string): string {
  return [
    `**${confidence === 'proved' ? 'Proved' : 'Candidate'}**: ${where}`,
    evidence.map(({ text }) => `- ${text}`).join('\n'),
    `**${confidence === 'proved' ? 'Remedy' : 'Remedy, if this is it'}:** ${remedy}`,
    `**${confidence === 'proved' ? 'Verify' : 'To confirm'}:**\n\n\`\`\`\n${verify}\n\`\`\``,
    ...(rivals.length > 0 ? [`**Explains the observations as well:** ${rivals.join(', ')}`] : []),
    ...(explains.observations.length > 0
      ? [
          `**Follows from it:** ${count(explains.observations.length, 'failed probe')}` +
            (explains.findings.length > 0 ? `; not listed by itself: ${explains.findings.join(', ')}` : ''),
        ]
      : []),
    `**More:** ${pageName(code)}${pagePath(code) === undefined ? '' : ', which is attached'}`,
  ].join('\n\n');
}

function writeFinding(
  runtime: ReporterRuntime,
  [place, finding]: [number, Finding],
  { report, observations }: AllureInput,
): void {
  const { code, title, confidence, locations, evidence, remedy, accepted } = finding;
  const where = whereText(locations, report.cluster.nodes);
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  const { start, stop } = runTimes(report, place);
  const historyId = findingHistoryId(code);
  const uuid = runtime.startTest({
    name: title,
    fullName: `finding:${code}`,
    historyId,
    testCaseId: historyId,
    titlePath: ['Findings'],
    status: accepted ? Status.SKIPPED : confidence === 'proved' ? Status.FAILED : Status.BROKEN,
    stage: Stage.FINISHED,
    statusDetails: {
      message: accepted
        ? `accepted until ${accepted.until}: ${accepted.reason}\n${title}\n${where}`
        : `${title}\n${where}\n${remedy}`,
    },
    description: description(finding, where),
    labels: [
      { name: 'parentSuite', value: 'Findings' },
      { name: 'layer', value: 'finding' },
      { name: 'severity', value: confidence === 'proved' ? 'critical' : 'normal' },
      { name: 'finding', value: code },
      { name: 'tag', value: code },
      { name: 'tag', value: confidence },
      ...(accepted ? [{ name: 'tag', value: 'accepted' }] : []),
    ],
    start,
  });
  for (const { text, observations: ids } of evidence) {
    const cited = ids.slice(0, MOST_CITED).flatMap((id) => byId.get(id) ?? []);
    const rest = ids.length - cited.length;
    const name = rest > 0 ? `${text} (the first ${cited.length} of ${ids.length} observations)` : text;
    runtime.writeAttachment(uuid, undefined, name, Buffer.from(observationLines(cited)), {
      contentType: ContentType.JSON,
      fileExtension: 'json',
    });
  }
  // Allure makes no link of a path, and the report may be read far from here: the page itself goes along.
  const page = pagePath(code);
  if (page !== undefined)
    runtime.writeAttachment(uuid, undefined, pageName(code), readFileSync(page), {
      contentType: 'text/markdown',
      fileExtension: 'md',
    });
  runtime.stopTest(uuid, { stop });
  runtime.writeTest(uuid);
}

/** A problem without a proved cause, as a result beside those of the findings. */
function writeGroup(
  runtime: ReporterRuntime,
  [place, { title, confirm }]: [number, Unexplained],
  { report }: AllureInput,
): void {
  const { start, stop } = runTimes(report, report.findings.length + place);
  const historyId = createHash('sha256').update(`unexplained:${title}`).digest('hex').slice(0, 32);
  const uuid = runtime.startTest({
    name: title,
    fullName: `unexplained:${title}`,
    historyId,
    testCaseId: historyId,
    titlePath: ['Findings'],
    status: Status.FAILED,
    stage: Stage.FINISHED,
    statusDetails: { message: `${title}\nno cause proved\nto confirm: ${confirm}` },
    description: `No cause is proved.\n\n**To confirm:**\n\n\`\`\`\n${confirm}\n\`\`\``,
    labels: [
      { name: 'parentSuite', value: 'Findings' },
      { name: 'layer', value: 'finding' },
      { name: 'severity', value: 'critical' },
      { name: 'tag', value: 'unexplained' },
    ],
    start,
  });
  runtime.stopTest(uuid, { stop });
  runtime.writeTest(uuid);
}

const isArea = (suite: string): boolean => ACCEPTANCE_AREAS.some((area) => area === suite);

const POINT_STATUS = {
  pass: Status.PASSED,
  fail: Status.FAILED,
  inconclusive: Status.SKIPPED,
  skipped: Status.SKIPPED,
} as const;

/** A point of an acceptance: no test of vitest, so it is written here. */
function writePoint(
  runtime: ReporterRuntime,
  { suite, title, verdict, text }: ReportedSymptom,
  { report }: AllureInput,
): void {
  const startMs = Date.parse(report.startedAt);
  const historyId = createHash('sha256').update(`acceptance:${suite}:${title}`).digest('hex').slice(0, 32);
  const uuid = runtime.startTest({
    name: title,
    fullName: `acceptance:${suite}:${title}`,
    historyId,
    testCaseId: historyId,
    titlePath: [suite],
    status: POINT_STATUS[verdict],
    stage: Stage.FINISHED,
    statusDetails: text === undefined ? {} : { message: verdict === 'inconclusive' ? `inconclusive: ${text}` : text },
    labels: [
      { name: 'parentSuite', value: suite },
      { name: 'layer', value: 'symptom' },
      { name: 'tag', value: suite },
      { name: 'tag', value: 'acceptance' },
      { name: 'verdict', value: verdict },
    ],
    start: startMs,
  });
  runtime.stopTest(uuid, { stop: startMs });
  runtime.writeTest(uuid);
}

/**
 * Adds to the Allure results of a run: the environment, a result for each finding with its evidence, and the matrix
 * picture.
 */
export function writeAllureResults(input: AllureInput): void {
  const { resultsDir, report, matrixSvg } = input;
  const runtime = new ReporterRuntime({
    writer: new FileSystemWriter({ resultsDir }),
    environmentInfo: environmentInfo(report),
  });
  runtime.writeEnvironmentInfo();
  for (const finding of report.findings.entries()) writeFinding(runtime, finding, input);
  writeGone(runtime, report);
  for (const group of report.unexplainedGroups
    .filter(({ isOwnProblem, accepted }) => isOwnProblem && !accepted)
    .entries())
    writeGroup(runtime, group, input);
  for (const symptom of report.symptoms) if (isArea(symptom.suite)) writePoint(runtime, symptom, input);
  if (matrixSvg !== undefined) {
    runtime.applyGlobalRuntimeMessages([
      {
        type: 'global_attachment_content',
        data: {
          name: 'Node to node',
          content: Buffer.from(matrixSvg).toString('base64'),
          encoding: 'base64',
          contentType: ContentType.SVG,
          fileExtension: 'svg',
        },
      },
    ]);
  }
}
