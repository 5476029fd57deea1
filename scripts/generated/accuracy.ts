import { FAULTS } from '../../lab/faults/index.ts';
import { read, withParts, type Generated } from './document.ts';

const FILE = 'docs/accuracy.md';

/** Faults that a document has a row of. */
export const measuredIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id = '']) => id)),
];

function unmeasured(): string {
  const measured = new Set(measuredIn(read(FILE)));
  const left = FAULTS.map(({ id }) => id).filter((id) => !measured.has(id));
  if (left.length === 0) return 'Every fault of the lab was measured.';
  return [
    `Not measured here yet are ${left.length} faults that the lab has gained since; unit tests hold their recordings:`,
    '',
    ...left.map((id) => `- \`${id}\``),
  ].join('\n');
}

/** What the measurement in docs/accuracy.md leaves out of today's lab. */
export const accuracyGaps: Generated = withParts(FILE, { 'not measured': unmeasured });
