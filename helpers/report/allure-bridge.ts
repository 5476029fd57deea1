import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from 'allure-js-commons';
import { z } from 'zod';
import type { Observation } from '../model/observation.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';

/** As far as this changes it; the rest is kept. */
const allureResult = z.looseObject({
  name: z.string(),
  status: z.string().optional(),
  statusDetails: z.looseObject({ message: z.string().optional(), trace: z.string().optional() }).default({}),
  labels: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
  attachments: z.array(z.looseObject({ name: z.string(), source: z.string() })).default([]),
});

/** Labels about the machine rather than the cluster, and those that are set here. */
const REPLACED = new Set(['host', 'thread', 'package', 'layer', 'tag', 'verdict', 'finding']);

/**
 * Codes of the findings that explain a failed symptom: those that cite what it was judged by, else the only proved one.
 */
export function findingsBehind(symptom: ReportedSymptom, { findings }: RunReport): string[] {
  if (symptom.verdict !== 'fail') return [];
  const own = new Set(symptom.observations);
  const citing = findings.filter(({ evidence }) =>
    evidence.some(({ observations }) => observations.some((id) => own.has(id))),
  );
  const proved = findings.filter(({ confidence }) => confidence === 'proved');
  return (citing.length > 0 ? citing : proved.length === 1 ? proved : []).map(({ code }) => code);
}

/** Begins the name of the attachment; the rest of the observations is in observations.ndjson. */
const ATTACHED = 'Observations that did not pass';
const MOST_ATTACHED = 20;

const STATUSES: Record<ReportedSymptom['verdict'], `${Status}`> = {
  pass: 'passed',
  fail: 'failed',
  // Allure knows three outcomes besides passed; the label tells the two kinds of not judged apart.
  inconclusive: 'skipped',
  skipped: 'skipped',
};

const key = (suite: string, title: string): string => `${suite}\n${title}`;

type Attachment = z.output<typeof allureResult>['attachments'][number];

/** The observations that a symptom was not passed by, as a file of the results; the first of many. */
function attachObservations(
  resultsDir: string,
  { suite, title, verdict, observations: ids }: ReportedSymptom,
  byId: ReadonlyMap<string, Observation>,
): Attachment[] {
  if (verdict !== 'fail' && verdict !== 'inconclusive') return [];
  const telling = ids
    .flatMap((id) => byId.get(id) ?? [])
    .filter(
      (observation) =>
        observation.type === 'probe' && observation.verdict !== 'pass' && observation.verdict !== 'evidence',
    );
  if (telling.length === 0) return [];
  const shown = telling.slice(0, MOST_ATTACHED);
  const source = `${createHash('sha256').update(key(suite, title)).digest('hex').slice(0, 32)}-attachment.json`;
  writeFileSync(join(resultsDir, source), JSON.stringify(shown, null, 2));
  const name =
    shown.length < telling.length ? `${ATTACHED} (the first ${shown.length} of ${telling.length})` : ATTACHED;
  return [{ name, source, type: 'application/json' }];
}

function bridged(
  result: z.output<typeof allureResult>,
  symptom: ReportedSymptom,
  report: RunReport,
  attached: Attachment[],
): unknown {
  const { suite, verdict, text, acceptedBy } = symptom;
  const labels = [
    ...result.labels.filter(({ name }) => !REPLACED.has(name)),
    { name: 'layer', value: 'symptom' },
    { name: 'tag', value: suite },
    { name: 'verdict', value: verdict },
    ...(verdict === 'inconclusive' ? [{ name: 'tag', value: 'inconclusive' }] : []),
    ...(acceptedBy ? [{ name: 'tag', value: 'accepted' }] : []),
    ...findingsBehind(symptom, report).flatMap((code) => [
      { name: 'finding', value: code },
      { name: 'tag', value: code },
    ]),
  ];
  const message =
    verdict === 'inconclusive' && text !== undefined && !text.startsWith('inconclusive')
      ? `inconclusive: ${text}`
      : text;
  const attachments = [...result.attachments.filter(({ name }) => !name.startsWith(ATTACHED)), ...attached];
  // A trace that repeats the message says nothing; our own code is not where the fault is.
  return {
    ...result,
    status: acceptedBy ? ('skipped' as const) : STATUSES[verdict],
    statusDetails: { ...result.statusDetails, ...(message !== undefined && { message, trace: undefined }) },
    labels,
    attachments,
  };
}

/**
 * Brings into the Allure results what vitest's reporter leaves out: why a test was skipped, the third verdict, tags,
 * and the finding behind a failure, with the observations that it was judged by. Reads and writes the folder's result
 * files; those of no symptom stay as they are. Answers how many were changed.
 */
export function bridgeSymptoms(
  resultsDir: string,
  report: RunReport,
  observations: readonly Observation[] = [],
): number {
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  const symptoms = new Map(report.symptoms.map((symptom) => [key(symptom.suite, symptom.title), symptom]));
  let changed = 0;
  for (const file of readdirSync(resultsDir).filter((name) => name.endsWith('-result.json'))) {
    const path = join(resultsDir, file);
    const result = allureResult.parse(JSON.parse(readFileSync(path, 'utf8')));
    const suite = result.labels.find(({ name }) => name === 'parentSuite')?.value ?? '';
    const symptom = symptoms.get(key(suite, result.name));
    if (!symptom) continue;
    writeFileSync(
      path,
      JSON.stringify(bridged(result, symptom, report, attachObservations(resultsDir, symptom, byId))),
    );
    changed += 1;
  }
  return changed;
}
