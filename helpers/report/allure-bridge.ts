import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from 'allure-js-commons';
import { z } from 'zod';
import type { Observation } from '../model/observation.ts';
import { observationLines } from './allure-lines.ts';
import { followText } from './follow.ts';
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

/** Begins the name of the attachment; the rest of the observations is in observations.ndjson. */
const ATTACHED = 'Observations that did not pass';
const MOST_ATTACHED = 5;

const STATUSES: Record<ReportedSymptom['verdict'], `${Status}`> = {
  pass: 'passed',
  fail: 'failed',
  // Allure knows three outcomes besides passed; the label tells the two kinds of not judged apart.
  inconclusive: 'skipped',
  skipped: 'skipped',
};

/** Red is what is to be fixed. What failed and follows from a finding is shown in the other colour that Allure has. */
const statusOf = ({ verdict, followsFrom }: ReportedSymptom): `${Status}` =>
  verdict === 'fail' && followsFrom.length > 0 ? 'broken' : STATUSES[verdict];

const key = (suite: string, title: string): string => `${suite}\n${title}`;

const patternOf = ({ text = '' }: ReportedSymptom): string => text.split('\n')[0] ?? '';

/** A row of Allure's tree shows the name alone: that of a failed symptom says where it fails. */
const nameOf = (symptom: ReportedSymptom): string =>
  symptom.verdict === 'fail' ? `${symptom.title}: ${patternOf(symptom)}` : symptom.title;

function messageOf(symptom: ReportedSymptom): string | undefined {
  const { verdict, text, followsFrom } = symptom;
  const follows = followText(followsFrom);
  if (verdict === 'fail' && follows !== undefined) return `${follows}\n${text ?? ''}`;
  return verdict === 'inconclusive' && text !== undefined && !text.startsWith('inconclusive')
    ? `inconclusive: ${text}`
    : text;
}

/** When its probes were under way. The test itself takes a millisecond: it only judges what was seen. */
function timesOf({ startedAt, durationMs = 0 }: ReportedSymptom): { start?: number; stop?: number } {
  if (startedAt === undefined) return {};
  const start = Date.parse(startedAt);
  return { start, stop: start + durationMs };
}

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
  writeFileSync(join(resultsDir, source), observationLines(shown));
  const name =
    shown.length < telling.length ? `${ATTACHED} (the first ${shown.length} of ${telling.length})` : ATTACHED;
  return [{ name, source, type: 'application/json' }];
}

function bridged(result: z.output<typeof allureResult>, symptom: ReportedSymptom, attached: Attachment[]): unknown {
  const { suite, verdict, followsFrom, acceptedBy } = symptom;
  const labels = [
    ...result.labels.filter(({ name }) => !REPLACED.has(name)),
    { name: 'layer', value: 'symptom' },
    { name: 'tag', value: suite },
    { name: 'verdict', value: verdict },
    ...(verdict === 'inconclusive' ? [{ name: 'tag', value: 'inconclusive' }] : []),
    ...(acceptedBy ? [{ name: 'tag', value: 'accepted' }] : []),
    ...[...new Set(followsFrom.map(({ code }) => code))].flatMap((code) => [
      { name: 'finding', value: code },
      { name: 'tag', value: code },
    ]),
  ];
  const message = messageOf(symptom);
  const attachments = [...result.attachments.filter(({ name }) => !name.startsWith(ATTACHED)), ...attached];
  // A trace that repeats the message says nothing; our own code is not where the fault is.
  return {
    ...result,
    name: nameOf(symptom),
    ...timesOf(symptom),
    status: acceptedBy ? ('skipped' as const) : statusOf(symptom),
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
    // A name that was made longer by an earlier bridging begins as before.
    const symptom =
      symptoms.get(key(suite, result.name)) ??
      report.symptoms.find((each) => each.suite === suite && result.name === nameOf(each));
    if (!symptom) continue;
    writeFileSync(path, JSON.stringify(bridged(result, symptom, attachObservations(resultsDir, symptom, byId))));
    changed += 1;
  }
  return changed;
}
