import type { Entry } from './entries.ts';
import { isEmpty, type CellState, type Matrix, type MatrixCell } from './matrix.ts';

const MARKS: Record<CellState, string> = {
  pass: '.',
  fail: 'x',
  mixed: 'x',
  'not-observed': '?',
  'nothing-to-ask': ' ',
};
const BACK = '<';
/** A larger matrix is no picture in a terminal any more; the drawn one is. */
const MAX_NODES = 40;
/** From here on numbers stand upright, so that the largest matrix that is shown fits in 100 columns. */
const UPRIGHT_NODES = 10;
const ENTRIES = [
  ['NodePort', 'nodePort'],
  ['ingress', 'ingress'],
] as const;
const BALANCER = 'load balancer';

export interface MatrixText {
  head: string[];
  rows: string[];
  /** Where in a row the cells begin, after its number and name. */
  cellsAt: number;
  legend: string[];
}

const markOf = ({ state, isLostOnReturn }: MatrixCell): string => (isLostOnReturn ? BACK : MARKS[state]);
const entryMark = (state: CellState | undefined): string => (state === undefined ? ' ' : MARKS[state]);

/** The numbers of the columns: one line, or a line a digit. */
function numbers(count: number): string[] {
  const all = Array.from({ length: count }, (_, index) => String(index + 1).padStart(String(count).length));
  if (count < UPRIGHT_NODES) return [all.join(' ')];
  return [0, 1].map((digit) => all.map((number) => number[digit] ?? ' ').join(''));
}

/**
 * A matrix in characters, with numbered nodes, and beside it how each node answers by its NodePorts and as an ingress;
 * lines without colour. Undefined where it would be too large to read, or empty.
 */
export function matrixText(matrix: Matrix, entries: readonly Entry[] = []): MatrixText | undefined {
  const { nodes } = matrix;
  const hasPairs = !isEmpty(matrix);
  if ((!hasPairs && entries.length === 0) || nodes.length > MAX_NODES) return undefined;
  const asked = ENTRIES.filter(([, key]) => entries.some((entry) => entry[key] !== undefined));
  const byNode = new Map(entries.map((entry) => [entry.node, entry]));
  const balancer = byNode.get(undefined);
  const digits = String(nodes.length).length;
  const name = Math.max(...nodes.map((node) => node.length), balancer ? BALANCER.length : 0);
  const cellsAt = digits + 1 + name + 2;
  const heads = hasPairs ? numbers(nodes.length) : [''];
  const width = heads[0]?.length ?? 0;
  const gap = hasPairs ? '  ' : '';
  const words = asked.map(([word]) => `${gap}${word}`).join(hasPairs ? '' : '  ');
  const tail = (entry: Entry | undefined): string =>
    asked.map(([word, key]) => `${gap}${entryMark(entry?.[key]).padEnd(word.length)}`).join(hasPairs ? '' : '  ');
  const row = (cells: readonly MatrixCell[], index: number): string => {
    const node = nodes[index] ?? '';
    const marks = hasPairs ? cells.map(markOf).join(nodes.length < UPRIGHT_NODES ? ' ' : '') : '';
    return `${String(index + 1).padStart(digits)} ${node.padEnd(name)}  ${marks}${tail(byNode.get(node))}`.trimEnd();
  };
  const isOneWay = hasPairs && matrix.rows.flat().some(({ isLostOnReturn }) => isLostOnReturn);
  return {
    head: heads.map((line, at) => `${' '.repeat(cellsAt)}${line}${at === heads.length - 1 ? words : ''}`.trimEnd()),
    rows: [
      ...matrix.rows.map(row),
      ...(balancer ? [`${' '.repeat(digits + 1)}${BALANCER.padEnd(name)}  ${' '.repeat(width)}${tail(balancer)}`] : []),
    ].map((line) => line.trimEnd()),
    cellsAt,
    legend: [
      `${hasPairs ? 'row asks column;  ' : ''}. passes   x fails in some way   ? not observed`,
      ...(isOneWay ? [`${BACK} fails because answers are lost on their way back; what the row sends arrives`] : []),
    ],
  };
}

/** The same as plain lines, with what the signs mean beneath. */
export function matrixLines(matrix: Matrix, entries: readonly Entry[] = []): string[] | undefined {
  const text = matrixText(matrix, entries);
  return text && [...text.head, ...text.rows, '', ...text.legend];
}
