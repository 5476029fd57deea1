import { judge, type Naming } from './judge.ts';
import { missedSymptoms, type MakeOutcome, type MakesPart } from './makes.ts';

/** Where the rows of a make stand in the document. */
const HEADINGS: Record<MakesPart, string> = { makes: '## Makes of the lab', calico: '## Calico' };
export const MAKES_PARTS = Object.keys(HEADINGS) as MakesPart[];

const WHAT: Record<MakesPart, string[]> = {
  makes: [
    'Labs of topology `small` that differ from the usual one in an ordinary thing',
    '([makes](lab.md#makes)), with the configuration of a user who says what to test, and of one who has nothing ' +
      'but a kubeconfig. A',
    'symptom counts as missed where it was skipped though the make could have shown it.',
  ],
  calico: [
    'Labs of topology `small` with [Calico](lab.md#calico) v3.28.5, with each cause of its own that a lab can have',
    'and some that every network has. What stands in for BIRD and for a kernel without ipip is said there.',
  ],
};

const isFalseAlarm = ({ findings, verdict }: MakeOutcome): boolean =>
  findings.length > 0 || (verdict !== 'healthy' && verdict !== 'inconclusive');

const textOf = (make: string): string => (make === '' ? 'the usual lab' : `\`${make}\``);

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function soundRows(make: string, outcomes: MakeOutcome[]): string[] {
  return [true, false].flatMap((configured) => {
    const own = outcomes.filter(({ scenario }) => scenario.kind === 'healthy' && scenario.configured === configured);
    if (own.length === 0) return [];
    const findings = own.flatMap((outcome) => outcome.findings.map(({ code }) => code));
    const missed = [...new Set(own.flatMap(missedSymptoms))];
    const unhealthy = own.filter(({ verdict }) => verdict !== 'healthy').length;
    return [
      `| ${textOf(make)} | ${configured ? 'yes' : 'no'} | ${own.length} | ${own.filter(isFalseAlarm).length} | ` +
        `${findings.join(', ') || '0'} | ${unhealthy} | ${cell(missed.join('; ')) || '0'} |`,
    ];
  });
}

const WORDS: Record<Naming, string> = {
  proved: 'proved',
  candidate: 'candidate',
  'wrong-place': '**wrong place**',
  missed: '**missed**',
};

/** What was said of sound labs; nothing where none was measured. */
function soundTable(byMake: ReadonlyMap<string, MakeOutcome[]>): string[] {
  const sound = [...byMake.values()].flat().filter(({ scenario }) => scenario.kind === 'healthy');
  if (sound.length === 0) return [];
  return [
    `False alarms: ${sound.filter(isFalseAlarm).length} in ${sound.length} runs.`,
    '',
    '| make | configured | sound runs | false alarms | findings | not healthy | symptoms missed |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...[...byMake].flatMap(([make, own]) => soundRows(make, own)),
    '',
  ];
}

/** How the faults of each make were named: a row a fault, a column a make. */
function faultTable(byMake: ReadonlyMap<string, MakeOutcome[]>): string[] {
  const makes = [...byMake].filter(([, outcomes]) => outcomes.some(({ scenario }) => scenario.kind === 'single'));
  const all = makes.flatMap(([, outcomes]) => outcomes.filter(({ scenario }) => scenario.kind === 'single'));
  if (all.length === 0) return [];
  const ids = [...new Set(all.map(({ scenario }) => scenario.faults[0]?.id ?? ''))];
  const named = (outcome: MakeOutcome): string => {
    const { faults, wrong } = judge(outcome.inForce, outcome.findings, outcome.nodes);
    const own = outcome.trouble ? '**no report**' : WORDS[faults[0]?.naming ?? 'missed'];
    return [own, ...wrong.map((code) => `**wrong: ${code}**`)].join(', ');
  };
  const right = all.filter((outcome) => named(outcome) === 'proved').length;
  return [
    `Faults: ${right} of ${all.length} runs proved the fault at its place, and nothing else. A dash: not run, or ` +
      'no fault that the make can have.',
    '',
    `| fault | ${makes.map(([make]) => textOf(make)).join(' | ')} |`,
    `| --- | ${makes.map(() => '---').join(' | ')} |`,
    ...ids.map((id) => {
      const cells = makes.map(([, outcomes]) => {
        const outcome = outcomes.find(({ scenario }) => scenario.kind === 'single' && scenario.faults[0]?.id === id);
        return outcome ? named(outcome) : '-';
      });
      return `| \`${id}\` | ${cells.join(' | ')} |`;
    }),
  ];
}

/** A part of the document on makes: what runs on sound labs that differ said, and how faults were named there. */
export function makesPart(outcomes: readonly MakeOutcome[], part: MakesPart = 'makes'): string {
  const byMake = Map.groupBy(outcomes, ({ scenario }) => scenario.make);
  return [
    HEADINGS[part],
    '',
    'Written by `npm run accuracy -- --makes`.',
    ...WHAT[part],
    '',
    ...soundTable(byMake),
    ...faultTable(byMake),
    '',
  ].join('\n');
}

/** A document with the part of the same heading replaced by another, or with none by that at its end. */
export function withMakesPart(document: string, part: string): string {
  const heading = part.slice(0, part.indexOf('\n'));
  const start = document.indexOf(`${heading}\n`);
  if (start < 0) return `${document.trimEnd()}\n\n${part}`;
  const next = document.indexOf('\n## ', start + heading.length);
  return `${document.slice(0, start)}${part}${next < 0 ? '' : document.slice(next)}`;
}

/** A part on makes of a document, where it has one. */
export function makesPartOf(document: string, part: MakesPart = 'makes'): string | undefined {
  const heading = HEADINGS[part];
  const start = document.indexOf(`${heading}\n`);
  if (start < 0) return undefined;
  const next = document.indexOf('\n## ', start + heading.length);
  return document.slice(start, next < 0 ? undefined : next + 1);
}
