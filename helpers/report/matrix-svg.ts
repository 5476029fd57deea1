import type { Entry } from './entries.ts';
import type { CellState, Matrix, MatrixCell } from './matrix.ts';
import { escapeXml, svgText } from './svg.ts';

const CELL = 26;
const GAP = 36;
const FONT = 12;
/** Width of a character of a sans-serif font at that size, on the safe side. */
const CHAR = 7.2;
const HEADER = 100;

/** Okabe and Ito's palette, distinguishable with every kind of colour blindness; each state also has its own sign. */
const LOOK: Record<CellState, { fill: string; sign: string; ink: string; label: string }> = {
  pass: { fill: '#cfe6f5', sign: '', ink: '#0b4f7a', label: 'passes' },
  fail: { fill: '#d55e00', sign: '×', ink: '#ffffff', label: 'fails' },
  mixed: { fill: '#f0c36b', sign: '÷', ink: '#3d2b00', label: 'fails in part' },
  'not-observed': { fill: 'url(#unseen)', sign: '?', ink: '#555555', label: 'not observed' },
  'nothing-to-ask': { fill: '#f7f7f7', sign: '', ink: '#555555', label: 'nothing to ask: the node itself' },
};

const PLACES = { pod: 'pod', host: 'node' } as const;

function panelTitle({ pathClass, protocol }: Matrix): string {
  if (pathClass === undefined) return 'all ways';
  const [from, to] = pathClass.split('-').map((end) => (end === 'pod' ? PLACES.pod : PLACES.host));
  return `${from} → ${to}, ${protocol === undefined ? '' : { tcp: 'TCP', udp: 'UDP', overlay: 'overlay' }[protocol]}`;
}

/** Of a pair that fails only for want of answers. */
const BACK = { sign: '←', label: 'answers are lost' };

function tooltip({ from, to, state, passed, failed, notObserved, loss, isLostOnReturn }: MatrixCell): string {
  const back = isLostOnReturn ? ', answers are lost on their way back' : '';
  const lost = loss === undefined || loss === 0 ? '' : `, ${Math.round(loss * 1000) / 10} % lost`;
  return (
    `${from} → ${to}: ${LOOK[state].label}${back} (${passed} passed, ${failed} failed, ${notObserved} not ` +
    `observed${lost})`
  );
}

function drawCell(cell: MatrixCell, x: number, y: number): string {
  const { fill, ink } = LOOK[cell.state];
  const sign = cell.isLostOnReturn ? BACK.sign : LOOK[cell.state].sign;
  const mark = sign
    ? svgText(
        x + CELL / 2,
        y + CELL / 2 + 5,
        sign,
        ` text-anchor="middle" fill="${ink}" font-weight="bold" font-size="15"`,
      )
    : '';
  return (
    `<g><title>${escapeXml(tooltip(cell))}</title><rect x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" ` +
    `rx="3" fill="${fill}"/>${mark}</g>`
  );
}

const ENTRIES = [
  ['NodePort', 'nodePort'],
  ['ingress', 'ingress'],
] as const;
const BALANCER = 'load balancer';

/** A state without pairs behind it, with what it is of. */
function drawEntry(what: string, state: CellState, x: number, y: number): string {
  const cell: MatrixCell = { from: '', to: '', state, passed: 0, failed: 0, notObserved: 0 };
  const title = `<title>${escapeXml(`${what}: ${LOOK[state].label}`)}</title>`;
  return drawCell(cell, x, y).replace(/<title>.*<\/title>/, () => title);
}

/** How each node answers those who come from outside of the pods: a column for NodePorts, and one for the ingress. */
function drawEntries(nodes: readonly string[], entries: readonly Entry[], label: number, top: number): string {
  const names = [...nodes, ...(entries.some(({ node }) => node === undefined) ? [BALANCER] : [])];
  const byName = new Map(entries.map((entry) => [entry.node ?? BALANCER, entry]));
  const columns = ENTRIES.filter(([, key]) => entries.some((entry) => entry[key] !== undefined));
  return [
    svgText(0, 14, 'from outside of the pods', ' font-weight="bold" font-size="14"'),
    ...columns.map(([word], column) => {
      const [x, y] = [label + column * CELL + CELL / 2, top - 6];
      return svgText(x, y, word, ` transform="rotate(-45 ${x} ${y})"`);
    }),
    ...names.flatMap((name, row) => [
      svgText(label - 8, top + row * CELL + CELL / 2 + 3, name, ' text-anchor="end"'),
      ...columns.flatMap(([word, key], column) => {
        const state = byName.get(name)?.[key];
        return state === undefined
          ? []
          : [drawEntry(`${word} of ${name}`, state, label + column * CELL, top + row * CELL)];
      }),
    ]),
  ].join('\n');
}

/** One matrix at its own origin: names of rows at the left, of columns slanted above. */
function drawPanel(matrix: Matrix, label: number, top: number): string {
  const { nodes, rows } = matrix;
  const columns = nodes.map((node, index) => {
    const [x, y] = [label + index * CELL + CELL / 2, top - 6];
    return svgText(x, y, node, ` transform="rotate(-45 ${x} ${y})"`);
  });
  const names = nodes.map((node, index) =>
    svgText(label - 8, top + index * CELL + CELL / 2 + 3, node, ' text-anchor="end"'),
  );
  const cells = rows.flatMap((row, i) => row.map((cell, j) => drawCell(cell, label + j * CELL, top + i * CELL)));
  return [
    svgText(0, 14, panelTitle(matrix), ' font-weight="bold" font-size="14"'),
    ...columns,
    ...names,
    ...cells,
  ].join('\n');
}

function legend(x: number, y: number, isOneWay: boolean): string {
  const states: CellState[] = ['pass', 'fail', 'mixed', 'not-observed'];
  const cells: Array<Pick<MatrixCell, 'state' | 'isLostOnReturn'>> = [
    ...states.map((state) => ({ state })),
    ...(isOneWay ? [{ state: 'fail' as const, isLostOnReturn: true }] : []),
  ];
  return cells
    .map((look, index) => {
      const left = x + index * 130;
      const cell: MatrixCell = { from: '', to: '', ...look, passed: 0, failed: 0, notObserved: 0 };
      const box = drawCell(cell, left, y).replace(/<title>.*<\/title>/, '');
      return `${box}${svgText(left + CELL + 4, y + 17, look.isLostOnReturn ? BACK.label : LOOK[look.state].label)}`;
    })
    .join('\n');
}

/**
 * The matrices as one picture: SVG that stands alone, readable on a light ground, without fonts or scripts from
 * elsewhere.
 */
export function matrixSvg(matrices: readonly Matrix[], title: string, entries: readonly Entry[] = []): string {
  const nodes = matrices[0]?.nodes ?? [];
  const names = [...nodes, ...(entries.length > 0 ? [BALANCER] : [])];
  const label = Math.max(40, ...names.map((name) => name.length * CHAR)) + 12;
  const slant = Math.max(30, ...nodes.map((node) => node.length * CHAR * 0.72)) + 26;
  const panelWidth = label + nodes.length * CELL + slant * 0.8;
  const panelHeight = slant + (nodes.length + (entries.length > 0 ? 1 : 0)) * CELL + GAP;
  // How nodes answer from outside stands beside all ways together.
  const [all = '', ...ways] = matrices.map((matrix) => drawPanel(matrix, label, slant));
  const drawn = [all, ...(entries.length > 0 ? [drawEntries(nodes, entries, label, slant)] : []), ...ways];
  const perRow = Math.max(1, Math.min(drawn.length, Math.floor(1600 / panelWidth), 4));
  const width = Math.ceil(Math.max(perRow * panelWidth + GAP, 700, title.length * 10));
  const height = Math.ceil(HEADER + Math.ceil(drawn.length / perRow) * panelHeight + GAP / 2);
  const isOneWay = matrices.some(({ rows }) => rows.flat().some(({ isLostOnReturn }) => isLostOnReturn));
  const panels = drawn.map((panel, index) => {
    const x = GAP / 2 + (index % perRow) * panelWidth;
    const y = HEADER + Math.floor(index / perRow) * panelHeight;
    return `<g transform="translate(${x} ${y})">\n${panel}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
      `${height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="${FONT}" ` +
      'fill="#222222" role="img">',
    `<title>${escapeXml(title)}</title>`,
    '<defs><pattern id="unseen" width="6" height="6" patternUnits="userSpaceOnUse" ' +
      'patternTransform="rotate(45)"><rect width="6" height="6" fill="#eeeeee"/><rect width="2" height="6" ' +
      'fill="#c4c4c4"/></pattern></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    svgText(GAP / 2, 28, title, ' font-size="18" font-weight="bold"'),
    svgText(GAP / 2, 48, 'A row asks, a column is asked.', ' fill="#555555"'),
    legend(GAP / 2, 56, isOneWay),
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}
