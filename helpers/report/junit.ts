import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Finding, Unexplained } from '../model/finding.ts';
import { followText, isFollower } from './follow.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';
import { whereText } from './where.ts';

/** Characters that XML 1.0 forbids even escaped: controls, two that are none, and halves of surrogate pairs. */
// oxlint-disable-next-line no-control-regex -- these are the characters to remove
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};

const clean = (text: string): string => stripVTControlCharacters(text).replaceAll(FORBIDDEN, '');
const attribute = (text: string): string => clean(text).replaceAll(/[&<>"\n\t\r]/g, (sign) => ENTITIES[sign] ?? sign);
const body = (text: string): string => clean(text).replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

interface Case {
  name: string;
  durationMs?: number;
  /** Of a failure: one line, and the whole. */
  failure?: { message: string; text: string };
  /** Why it was not judged. */
  skipped?: string;
}

interface Suite {
  name: string;
  durationMs: number;
  cases: Case[];
}

/**
 * A symptom. One that failed for a cause that is proved is no failure of its own: the cause is, and stands first in the
 * file. Who counts failures, as a merge request or a monitor does, counts what is to be fixed, and never none. With
 * candidates alone it fails and says so, for they are not counted. JUnit has one word for all that is not counted; the
 * message tells the kinds apart.
 */
function symptomCase(
  { title, verdict, text = '', followsFrom, acceptedBy, durationMs }: ReportedSymptom,
  failing: ReadonlySet<string>,
): Case {
  const frame = { name: title, durationMs };
  const pattern = text.split('\n')[0] ?? '';
  if (acceptedBy) return { ...frame, skipped: `accepted (${acceptedBy.join(', ')}): ${text}` };
  const follows = followText(followsFrom);
  if (verdict === 'fail' && isFollower(followsFrom) && followsFrom.some(({ code }) => failing.has(code)))
    return { ...frame, skipped: `failed: ${follows}: ${pattern}` };
  if (verdict === 'fail') return { ...frame, failure: { message: follows ? `${pattern}; ${follows}` : pattern, text } };
  if (verdict === 'inconclusive') return { ...frame, skipped: `inconclusive: ${text}` };
  return { ...frame, ...(verdict === 'skipped' && { skipped: text }) };
}

function findingCase(
  { code, title, confidence, locations, evidence, remedy, verify, accepted }: Finding,
  nodes: readonly string[],
): Case {
  const where = whereText(locations, nodes);
  if (accepted)
    return { name: code, skipped: `accepted until ${accepted.until}: ${accepted.reason}: ${title}: ${where}` };
  if (confidence === 'candidate')
    return { name: code, skipped: `candidate: ${title}: ${where}; to confirm: ${verify}` };
  return {
    name: code,
    failure: {
      message: title,
      text: [title, where, ...evidence.map(({ text }) => `- ${text}`), `remedy: ${remedy}`, `verify: ${verify}`].join(
        '\n',
      ),
    },
  };
}

/** Failures that no finding explains, by the place: a problem of its own fails, what may follow is told. */
const groupCase = ({ title, confirm, isOwnProblem, accepted }: Unexplained): Case =>
  isOwnProblem && !accepted
    ? {
        name: title,
        failure: { message: `${title}; no cause proved`, text: `${title}\nno cause proved\nto confirm: ${confirm}` },
      }
    : {
        name: title,
        skipped: accepted
          ? `accepted until ${accepted.until}: ${accepted.reason}`
          : `not explained by a finding; to confirm: ${confirm}`,
      };

function caseLines(suite: string, { name, durationMs, failure, skipped }: Case): string[] {
  const time = durationMs === undefined ? '' : ` time="${seconds(durationMs)}"`;
  const open = `    <testcase classname="netwright.${attribute(suite)}" name="${attribute(name)}"${time}`;
  if (failure)
    return [
      `${open}>`,
      `      <failure message="${attribute(failure.message)}">${body(failure.text)}</failure>`,
      '    </testcase>',
    ];
  if (skipped !== undefined) return [`${open}>`, `      <skipped message="${attribute(skipped)}"/>`, '    </testcase>'];
  return [`${open}/>`];
}

const sums = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ failure }) => failure).length}" errors="0" ` +
  `skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}"`;

/** The text of junit.xml: the findings as a suite of their own, cause first, then every suite with its symptoms. */
export function renderJunit(report: RunReport): string {
  const { findings, unexplainedGroups, suites, symptoms, cluster, startedAt } = report;
  const failing = new Set(
    findings.flatMap(({ code, confidence, accepted }) => (confidence === 'proved' && !accepted ? [code] : [])),
  );
  const all: Suite[] = [
    ...(findings.length + unexplainedGroups.length > 0
      ? [
          {
            name: 'findings',
            durationMs: report.timings['diagnosisMs'] ?? 0,
            cases: [
              ...findings.map((finding) => findingCase(finding, cluster.nodes)),
              ...unexplainedGroups.map(groupCase),
            ],
          },
        ]
      : []),
    ...suites.map(({ name, durationMs }) => ({
      name,
      durationMs,
      cases: symptoms.filter(({ suite }) => suite === name).map((symptom) => symptomCase(symptom, failing)),
    })),
  ];
  const timestamp = attribute(startedAt.replace(/\.\d+Z$/, 'Z'));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="netwright: ${attribute(cluster.name)}" ${sums(all.flatMap(({ cases }) => cases))} ` +
      `time="${seconds(report.timings['totalMs'] ?? 0)}">`,
    ...all.flatMap(({ name, durationMs, cases }) => [
      `  <testsuite name="${attribute(name)}" ${sums(cases)} time="${seconds(durationMs)}" timestamp="${timestamp}">`,
      ...cases.flatMap((each) => caseLines(name, each)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

/**
 * Writes junit.xml. It is made from the report, since vitest's own leaves out why a test was skipped and names the
 * machine.
 */
export function writeJunit(path: string, report: RunReport): void {
  writeFileSync(path, renderJunit(report));
}
