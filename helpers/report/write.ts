import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../model/observation.ts';
import { bridgeSymptoms } from './allure-bridge.ts';
import { generateAllureReport } from './allure-report.ts';
import { writeAllureResults } from './allure-results.ts';
import { entriesOf } from './entries.ts';
import { writeReportJson } from './json.ts';
import { writeJunit } from './junit.ts';
import { writeMarkdown } from './markdown.ts';
import { isEmpty, matrices, mergedMatrix, type Matrix } from './matrix.ts';
import { matrixSvg } from './matrix-svg.ts';
import type { RunReport } from './run-report.ts';

export interface WriteOptions {
  /** Folder of this run; made when it is not there. */
  reportDir: string;
  /** Whether Allure's page is made of its results. */
  html: boolean;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Up to this many nodes each path gets its own picture: thirteen of them are some 500 kB of SVG then. */
const ALL_WAYS_NODES = 16;
/**
 * In larger clusters only so many of the ways that fail do; beyond the second figure the picture of all ways is large
 * enough.
 */
const FAILING_WAYS = 3;
const FAILING_WAYS_NODES = 50;

const fails = ({ rows }: Matrix): boolean => rows.some((row) => row.some(({ failed }) => failed > 0));

/**
 * The picture of a run's matrices: all ways together first, then each by itself; in a large cluster only those that
 * fail. Undefined where nothing was asked between nodes.
 */
export function runMatrixSvg(report: RunReport, observations: readonly Observation[]): string | undefined {
  const { nodes, name } = report.cluster;
  const merged = mergedMatrix(observations, nodes);
  if (isEmpty(merged)) return undefined;
  const ways = matrices(observations, nodes);
  const shown =
    nodes.length <= ALL_WAYS_NODES
      ? ways
      : nodes.length <= FAILING_WAYS_NODES
        ? ways.filter(fails).slice(0, FAILING_WAYS)
        : [];
  const title = `Node to node: ${name}, ${report.startedAt.slice(0, 16).replace('T', ' ')}`;
  return matrixSvg([merged, ...shown], title, entriesOf(observations, nodes));
}

/**
 * Writes what a run leaves besides what was written as it went (observations.ndjson, allure-results/): report.json,
 * summary.md, junit.xml, matrix.svg and allure.html. report.json comes first, so that it is there whatever goes wrong
 * after it. Rejects with `allure-report-failed` only when all the others are written.
 */
export async function writeReports(
  report: RunReport,
  observations: readonly Observation[],
  { reportDir, html, env = process.env, signal }: WriteOptions,
): Promise<void> {
  const resultsDir = join(reportDir, 'allure-results');
  mkdirSync(resultsDir, { recursive: true });
  writeReportJson(join(reportDir, 'report.json'), report);
  writeMarkdown(join(reportDir, 'summary.md'), report, observations, env);
  writeJunit(join(reportDir, 'junit.xml'), report);
  const svg = runMatrixSvg(report, observations);
  if (svg !== undefined) writeFileSync(join(reportDir, 'matrix.svg'), svg);
  bridgeSymptoms(resultsDir, report, observations);
  writeAllureResults({ resultsDir, report, observations, matrixSvg: svg });
  if (html) await generateAllureReport(report, { resultsDir, reportDir, signal });
}
