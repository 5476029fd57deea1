import { followText } from './follow.ts';
import { capped, cell, fence, folded } from './markdown-form.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';

/** So much is said of a symptom that follows from nothing; the whole is in report.json. */
const MAX_LINES = 10;
const MAX_SYMPTOMS = 20;
const MAX_FOLLOWERS = 60;
const MAX_UNJUDGED = 60;

const suiteRow = ({
  name,
  verdict,
  passed,
  failed,
  inconclusive,
  skipped,
  durationMs,
}: RunReport['suites'][number]): string =>
  `| ${name} | ${verdict} | ${passed} | ${failed} | ${inconclusive} | ${skipped} | ` +
  `${(durationMs / 1000).toFixed(1)} s |`;

export function suiteTable({ suites }: RunReport): string[] {
  return [
    '## Suites',
    '',
    '| Suite | Verdict | Passed | Failed | Inconclusive | Skipped | Time |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...suites.map(suiteRow),
    '',
  ];
}

function aloneLines({ suite, title, text = 'no text was given' }: ReportedSymptom): string[] {
  const lines = text.split('\n');
  const rest = lines.length - MAX_LINES;
  return [
    `**${suite}:** ${title}`,
    '',
    ...fence(
      [...lines.slice(0, MAX_LINES), ...(rest > 0 ? [`  and ${rest} lines more in report.json`] : [])].join('\n'),
    ),
    '',
  ];
}

/** Failed symptoms: those that follow from a finding a line each, the others with what was seen. */
export function symptomsPart({ symptoms }: RunReport): string[] {
  const failed = symptoms.filter(({ verdict }) => verdict === 'fail');
  const followers = failed.filter(({ followsFrom }) => followsFrom.length > 0);
  const alone = failed.filter(({ followsFrom }) => followsFrom.length === 0);
  const rest = alone.length - MAX_SYMPTOMS;
  return [
    ...folded(`Failed, and not by a finding alone: ${alone.length}`, [
      ...alone.slice(0, MAX_SYMPTOMS).flatMap(aloneLines),
      ...(rest > 0 ? [`and ${rest} more in report.json`] : []),
    ]),
    ...folded(
      `Failed, as follows from the findings: ${followers.length}`,
      capped(
        followers.map(
          ({ suite, title, text = '', followsFrom }) =>
            `- **${suite}:** ${title}: ${text.split('\n')[0]}; ${followText(followsFrom)}`,
        ),
        MAX_FOLLOWERS,
        'report.json',
      ),
    ),
  ];
}

/** What was skipped or not observed, with its reason. */
export function notJudgedPart({ symptoms }: RunReport): string[] {
  const unclear = symptoms.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'skipped');
  const rows = unclear.map(
    ({ suite, title, verdict, text }) => `| ${suite} | ${cell(title)} | ${verdict} | ${cell(text ?? '')} |`,
  );
  const rest = rows.length - MAX_UNJUDGED;
  return folded(
    `Not judged: ${rows.length}`,
    rows.length === 0
      ? []
      : [
          '| Suite | Symptom | Verdict | Why |',
          '| --- | --- | --- | --- |',
          ...rows.slice(0, MAX_UNJUDGED),
          ...(rest > 0 ? ['', `and ${rest} more in report.json`] : []),
        ],
  );
}
