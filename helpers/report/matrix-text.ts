import { isEmpty, type CellState, type Matrix } from './matrix.ts';

const MARKS: Record<CellState, string> = {
  pass: '.',
  fail: 'x',
  mixed: 'x',
  'not-observed': '?',
  'nothing-to-ask': ' ',
};
/** A larger matrix is no picture in a terminal any more; the drawn one is. */
const MAX_NODES = 40;

export const MATRIX_LEGEND = 'row asks column;  . passes   x fails in some way   ? not observed';

/**
 * A matrix in characters, with numbered nodes; lines without colour. Undefined where it would be too large to read, or
 * empty.
 */
export function matrixLines(matrix: Matrix): string[] | undefined {
  const { nodes, rows } = matrix;
  if (isEmpty(matrix) || nodes.length > MAX_NODES) return undefined;
  const digits = String(nodes.length).length;
  const name = Math.max(...nodes.map((node) => node.length));
  const number = (index: number) => String(index + 1).padStart(digits);
  const head = `${' '.repeat(digits + 1 + name)}  ${nodes.map((_, index) => number(index)).join(' ')}`;
  const line = (row: Matrix['rows'][number], index: number) => {
    const marks = row.map(({ state }) => MARKS[state].padStart(digits));
    return `${number(index)} ${(nodes[index] ?? '').padEnd(name)}  ${marks.join(' ')}`.trimEnd();
  };
  return [head, ...rows.map(line)];
}
