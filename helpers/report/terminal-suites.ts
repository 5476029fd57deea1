import type { Observation, ProbeObservation } from '../model/observation.ts';
import { pairLines } from './failure-text.ts';
import { patternOf } from './patterns.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';
import type { Page } from './terminal-page.ts';
import { cut, wrap } from './terminal-style.ts';

/**
 * Up to this many failed symptoms are listed one by one, with this many pairs each; beyond it, one a suite with one
 * pair.
 */
const FEW_SYMPTOMS = 3;
const FEW_PAIRS = 2;
/** So many reasons why something was not judged are told under each suite. */
const MAX_REASONS = 3;

const STYLE = { pass: 'green', fail: 'red', inconclusive: 'yellow', skipped: 'dim' } as const;
const INDENT = '      ';

function pairTexts(probes: readonly ProbeObservation[], most: number, { paint, columns }: Page): string[] {
  const pairs = pairLines(probes);
  const shown = pairs.length <= most ? pairs : pairs.slice(0, most);
  const rest = pairs.length - shown.length;
  const texts = shown.flatMap((line) =>
    wrap(line, columns - INDENT.length - 2, '  ').map((part) => `${INDENT}  ${part}`),
  );
  return [...texts, ...(rest > 0 && most > 1 ? [`${INDENT}  and ${rest} more`] : [])].map((line) => paint('dim', line));
}

function symptomLines(
  symptom: ReportedSymptom,
  others: number,
  pairs: number,
  byId: ReadonlyMap<string, ProbeObservation>,
  page: Page,
): string[] {
  const { paint, columns } = page;
  const probes = symptom.observations.flatMap((id) => byId.get(id) ?? []);
  // The suite's text begins with the pattern, which takes all of its probes into account.
  const pattern = symptom.text?.split('\n')[0] ?? patternOf(probes);
  const title = `${symptom.title}${others > 0 ? `; and ${others} more` : ''}`;
  return [
    ...wrap(title, columns - INDENT.length - 2, '  ').map((line, index) =>
      index === 0 ? `${INDENT}${paint('red', 'x')} ${line}` : `${INDENT}  ${line}`,
    ),
    ...wrap(pattern, columns - INDENT.length - 2).map((line) => `${INDENT}  ${line}`),
    ...pairTexts(probes, pairs, page),
  ];
}

/** The first line of a reason; how many probes it is of differs from symptom to symptom and is left out. */
const reasonOf = (text = 'no reason was given'): string =>
  (text.split('\n')[0] ?? '').replace(/^\d+ of \d+ not observed: /, 'not observed: ');

/** Why symptoms were not judged, each reason once: `2 skipped: SSH to the nodes is not configured (…)`. */
function unjudgedLines(symptoms: readonly ReportedSymptom[], { paint, columns }: Page): string[] {
  const unjudged = symptoms.filter(({ verdict }) => verdict === 'skipped' || verdict === 'inconclusive');
  const byReason = Map.groupBy(unjudged, ({ verdict, text }) => `${verdict}: ${reasonOf(text)}`);
  const texts = [...byReason].map(([reason, own]) => `${own.length} ${reason}`);
  const rest = texts.length - MAX_REASONS;
  return [...texts.slice(0, MAX_REASONS), ...(rest > 0 ? [`and ${rest} more reasons in summary.md`] : [])]
    .flatMap((text) => wrap(text, columns - INDENT.length - 2, '  '))
    .map((line) => paint('dim', `${INDENT}${line.startsWith('  ') ? '' : '- '}${line}`));
}

/** The suites of a run, and under each what failed in it: the pattern first, then pairs. */
export function suiteLines(
  { suites, symptoms }: RunReport,
  observations: readonly Observation[],
  page: Page,
): string[] {
  if (suites.length === 0) return [];
  const { paint, columns } = page;
  const byId = new Map(
    observations.flatMap((observation) =>
      observation.type === 'probe' ? [[observation.id, observation] as const] : [],
    ),
  );
  const failed = symptoms.filter(({ verdict }) => verdict === 'fail');
  const areFew = failed.length <= FEW_SYMPTOMS;
  const width = Math.max(...suites.map(({ name }) => name.length));
  const line = ({ name, verdict, ...suite }: RunReport['suites'][number]): string => {
    const parts = [
      [suite.passed, 'passed'],
      [suite.failed, 'failed'],
      [suite.inconclusive, 'inconclusive'],
      [suite.skipped, 'skipped'],
    ] as const;
    const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    const time = `  ${(suite.durationMs / 1000).toFixed(1)} s`;
    const result = cut(counts.join(', '), columns - width - 18);
    const room = columns - width - 18 - result.length;
    return (
      `  ${name.padEnd(width)}  ${paint(STYLE[verdict], verdict.padEnd(12))}  ` +
      `${result}${time.length <= room ? paint('dim', time) : ''}`
    );
  };
  const body = suites.flatMap((suite) => {
    const own = failed.filter((symptom) => symptom.suite === suite.name);
    const why = unjudgedLines(
      symptoms.filter((symptom) => symptom.suite === suite.name),
      page,
    );
    const [first] = own;
    if (!first) return [line(suite), ...why];
    const told = areFew
      ? own.flatMap((symptom) => symptomLines(symptom, 0, FEW_PAIRS, byId, page))
      : symptomLines(first, own.length - 1, 1, byId, page);
    return [line(suite), ...told, ...why];
  });
  return ['', paint('bold', 'Suites'), ...body];
}
