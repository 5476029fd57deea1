import type { Location } from '../../helpers/model/finding.ts';
import { judge, type Judged } from './judge.ts';
import type { Outcome } from './outcome.ts';

interface Row {
  outcome: Pick<
    Outcome,
    'scenario' | 'inForce' | 'findings' | 'diagnosisMs' | 'trouble' | 'verdict' | 'failedSymptoms'
  >;
  judged: Judged;
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'none run' : `${((part / whole) * 100).toFixed(part === whole ? 0 : 1)} % (${part} of ${whole})`;

const seconds = (ms: number): string => (ms > 0 ? (ms / 1000).toFixed(1) : '-');

/** A cell of a table: no bars, no line breaks. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function placeText(locations: Location[]): string {
  const pairs = locations.filter(({ from, to }) => from && to);
  if (pairs.length > 2) return `${pairs.length} ordered pairs`;
  const texts = locations.map(({ from, to, replica, endpoint, host, service, node }) =>
    from && to
      ? `${from} to ${to}`
      : (replica ??
        host ??
        (service && endpoint
          ? `${service}, ${endpoint}`
          : service && node
            ? `${service} at ${node}`
            : (service ?? endpoint ?? node ?? 'the cluster'))),
  );
  return texts.length > 3 ? `${texts.slice(0, 3).join('; ')} and ${texts.length - 3} more` : texts.join('; ');
}

const NAMING = {
  proved: 'proved',
  candidate: 'candidate',
  'wrong-place': 'wrong place',
  missed: '**missed**',
} as const;

function faultRow({ outcome, judged }: Row): string {
  const [fault] = judged.faults;
  const code = outcome.inForce[0]?.code;
  const own = outcome.findings.find((finding) => finding.code === code);
  const first = outcome.findings[0];
  const named = !own
    ? first
      ? `${first.code} (${first.confidence})`
      : 'nothing'
    : `${NAMING[fault?.naming ?? 'missed']}${fault?.first ? '' : ', not first'}`;
  const evidence = own?.evidence[0] ?? outcome.trouble ?? '';
  const beside = [...judged.wrong.map((each) => `**wrong: ${each}**`), ...judged.candidates];
  return (
    `| \`${outcome.scenario.faults[0]?.id}\` | ${named} | ${cell(own ? placeText(own.locations) : '')} | ` +
    `${cell(evidence.slice(0, 220))} | ${beside.join(', ') || '-'} | ${seconds(outcome.diagnosisMs)} |`
  );
}

function doubleRow({ outcome, judged }: Row): string {
  const cells = judged.faults.map(({ id, naming }) => `\`${id}\`: ${NAMING[naming]}`);
  const beside = [...judged.wrong.map((each) => `**wrong: ${each}**`), ...judged.candidates];
  return (
    `| ${outcome.scenario.id.split(':')[0]} | ${cells[0]} | ${cells[1]} | ${beside.join(', ') || '-'} | ` +
    `${seconds(outcome.diagnosisMs)} |`
  );
}

/** Middle and largest of some times, in seconds. */
function spread(outcomes: Row['outcome'][]): string {
  const sorted = outcomes
    .map(({ diagnosisMs }) => diagnosisMs)
    .filter((ms) => ms > 0)
    .toSorted((a, b) => a - b);
  return sorted.length === 0
    ? 'none run'
    : `${seconds(sorted[Math.floor(sorted.length / 2)] ?? 0)} s in the middle, ${seconds(sorted.at(-1) ?? 0)} s at ` +
        'most';
}

/** How often the line of a node's state was the right one, of faults that put one there. */
function linesText(faults: Judged['faults']): string[] {
  const all = faults.filter(({ line }) => line !== undefined);
  const right = all.filter(({ line }) => line === 'right');
  return all.length === 0
    ? []
    : [`- the very line of the node's state, of faults that are one: right in ${percent(right.length, all.length)}`];
}

function singles(title: string, rows: Row[], note?: string): string[] {
  const faults = rows.flatMap(({ judged }) => judged.faults);
  const named = faults.filter(({ naming }) => naming === 'proved' || naming === 'candidate');
  const proved = faults.filter(({ naming }) => naming === 'proved');
  const wrong = rows.flatMap(({ judged }) => judged.wrong);
  const provedNames = rows.flatMap(({ outcome }) =>
    outcome.findings.filter(({ confidence }) => confidence === 'proved'),
  ).length;
  return [
    `## ${title}`,
    '',
    ...(note ? [note, ''] : []),
    `- recall: ${percent(named.length, faults.length)} named at the right place; ` +
      `${percent(proved.length, faults.length)} proved; ` +
      `${percent(proved.filter(({ first }) => first).length, faults.length)} proved and named first`,
    `- precision: ${percent(provedNames - wrong.length, provedNames)} of the proved names are true; wrong names: ` +
      `${wrong.length}`,
    '- runs with candidates beside the cause: ' +
      `${rows.filter(({ judged }) => judged.candidates.length > 0).length} of ${rows.length}`,
    ...linesText(faults),
    `- time from the end of the suites to the diagnosis: ${spread(rows.map(({ outcome }) => outcome))}`,
    '',
    '| fault | named | where | first evidence | named beside it | diagnosis, s |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(faultRow),
    '',
  ];
}

function healthy(rows: Row[]): string[] {
  const groups = Map.groupBy(rows, ({ outcome }) => outcome.scenario.unrest);
  const texts = {
    none: 'nothing else',
    busy: 'both processors kept busy by other work',
    'rolling-restart': 'a rolling restart of all workloads in the midst of the run',
    'scale-up': 'a scale-up of all workloads in the midst of the run',
  } as const;
  return [
    '## Sound labs',
    '',
    '| beside the run | runs | findings | failed symptoms | not healthy |',
    '| --- | --- | --- | --- | --- |',
    ...[...groups].map(
      ([unrest, own]) =>
        `| ${texts[unrest]} | ${own.length} | ${own.filter(({ outcome }) => outcome.findings.length > 0).length} ` +
        `| ${own.filter(({ outcome }) => outcome.failedSymptoms > 0).length} | ` +
        `${own.filter(({ outcome }) => outcome.verdict !== 'healthy').length} |`,
    ),
    '',
    'False alarms: ' +
      `${rows.filter(({ outcome }) => outcome.findings.length > 0 || outcome.verdict === 'unhealthy').length} in ` +
      `${rows.length} runs.`,
    '',
  ];
}

/** What a document says of sound labs; undefined where it says nothing of them. */
export const soundPartOf = (document: string): string | undefined =>
  /^## Sound labs\n[^]*?(?=^## |$(?![^]))/m.exec(document)?.[0].trimEnd();

/**
 * docs/accuracy.md: what real runs on real faults named. `soundPart`: what was measured of sound labs before, where the
 * outcomes hold nothing of them.
 */
export function accuracyDocument(outcomes: Outcome[], soundPart?: string): string {
  const rows = outcomes.map((outcome): Row => ({
    outcome,
    judged: judge(outcome.inForce, outcome.findings, outcome.nodes),
  }));
  const blind = outcomes.map((outcome): Row => ({
    outcome: { ...outcome, findings: outcome.withoutSsh },
    judged: judge(outcome.inForce, outcome.withoutSsh, outcome.nodes),
  }));
  const of = (kind: string, from = rows) => from.filter(({ outcome: { scenario } }) => scenario.kind === kind);
  const doubles = of('double');
  const both = doubles.filter(({ judged }) =>
    judged.faults.every(({ naming }) => naming === 'proved' || naming === 'candidate'),
  );
  return [
    '# Accuracy',
    '',
    'Written by `npm run accuracy`, never by hand. Each row is a run of the gate profile on a lab of topology ' +
      '`small` (one server, two',
    'agents) with the fault really in force: in the kernel, in a component or in an object. A name is right when ' +
      'its code is the',
    "fault's and its places are the fault's, no more and no less. Only what is proved counts as a name; " +
      'candidates are counted apart.',
    'What is named is what the diagnosis of this version says of what those runs observed. The catalogue was ' +
      'developed on these very',
    'faults: on faults in other forms, and on other clusters, expect less. A row without a time is that of a run ' +
      'whose recording is at',
    'hand and not its times.',
    '',
    // What the lab has beside these is filled in by `npm run docs`.
    '<!-- not measured: written by npm run docs -->',
    '<!-- end of not measured -->',
    '',
    ...singles('Single faults, with SSH', of('single')),
    ...singles(
      'Single faults, without SSH',
      of('single', blind),
      'The same runs, diagnosed without anything that was read or asked by SSH.',
    ),
    '## Double faults',
    '',
    `- both named at the right place: ${percent(both.length, doubles.length)}`,
    `- wrong names: ${doubles.flatMap(({ judged }) => judged.wrong).length}`,
    '',
    '| kind | one | other | named beside them | diagnosis, s |',
    '| --- | --- | --- | --- | --- |',
    ...doubles.map(doubleRow),
    '',
    ...(of('healthy').length === 0 && soundPart !== undefined ? [soundPart, ''] : healthy(of('healthy'))),
  ].join('\n');
}
