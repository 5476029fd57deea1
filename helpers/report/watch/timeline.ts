import { WATCH_CLASSES, watchWords, type WatchPath, type WatchReport } from '../../model/watch.ts';
import { escapeXml, svgText } from '../svg.ts';
import { clock, seconds } from './words.ts';

const WIDTH = 1_200;
const LEFT = 300;
const ROW = 14;
const TOP = 96;
const RIGHT = 20;
/** More are too many for a picture: those that were interrupted come first. */
const MOST_ROWS = 80;
const MOST_CHANGES = 40;
const CHANGE_ROW = 15;
/** An interruption of a tenth of a second is to be seen in an hour's picture. */
const LEAST_WIDTH = 2;

/** Okabe and Ito's palette, as in the picture of the nodes. */
const COLOURS = { answered: '#cfe6f5', lost: '#d55e00', waited: '#f0c36b', unseen: '#dddddd', change: '#555555' };

interface Span {
  fromMs: number;
  toMs: number;
}

const scaleOf = ({ fromMs, toMs }: Span) => {
  const perMs = (WIDTH - LEFT - RIGHT) / Math.max(1, toMs - fromMs);
  return (atMs: number): number =>
    Math.round((LEFT + (Math.min(Math.max(atMs, fromMs), toMs) - fromMs) * perMs) * 10) / 10;
};

function bar(x: (atMs: number) => number, y: number, span: Span, colour: string, title: string): string {
  const [from, to] = [x(span.fromMs), x(span.toMs)];
  const width = Math.max(LEAST_WIDTH, Math.round((to - from) * 10) / 10);
  return (
    `<rect x="${from}" y="${y}" width="${width}" height="${ROW - 3}" fill="${colour}">` +
    `<title>${escapeXml(title)}</title></rect>`
  );
}

function drawPath(path: WatchPath, y: number, whole: Span, x: (atMs: number) => number): string {
  const label = `${path.from} → ${path.to}`;
  const spans = path.interruptions.map((each) => {
    const fromMs = Date.parse(each.startedAt);
    const colour = each.lost > 0 ? COLOURS.lost : COLOURS.waited;
    const title = `${label}: ${clock(each.startedAt)}, ${seconds(each.durationMs)}, ${each.lost} of ${each.sent} lost`;
    return bar(x, y, { fromMs, toMs: fromMs + each.durationMs }, colour, title);
  });
  const unseen = path.unseen.map(({ startedAt, durationMs }) => {
    const fromMs = Date.parse(startedAt);
    const title = `${label}: nobody asked for ${seconds(durationMs)}`;
    return bar(x, y, { fromMs, toMs: fromMs + durationMs }, COLOURS.unseen, title);
  });
  return [
    svgText(LEFT - 8, y + ROW - 5, label, ' text-anchor="end"'),
    bar(x, y, whole, COLOURS.answered, `${label}: ${path.sent} sent, ${path.lost} lost`),
    ...unseen,
    ...spans,
  ].join('');
}

function axis(whole: Span, x: (atMs: number) => number, bottom: number): string[] {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600].map((each) => each * 1_000);
  const step = steps.find((each) => (whole.toMs - whole.fromMs) / each <= 10) ?? 3_600_000;
  const first = Math.ceil(whole.fromMs / step) * step;
  const ticks = Array.from(
    { length: Math.max(0, Math.floor((whole.toMs - first) / step) + 1) },
    (_, i) => first + i * step,
  );
  return ticks.flatMap((atMs) => [
    `<line x1="${x(atMs)}" x2="${x(atMs)}" y1="${TOP - 6}" y2="${bottom}" stroke="#eeeeee"/>`,
    svgText(x(atMs), TOP - 10, clock(new Date(atMs).toISOString()).slice(0, 8), ' text-anchor="middle" fill="#555555"'),
  ]);
}

const LEGEND = [
  ['answered', COLOURS.answered],
  ['requests lost', COLOURS.lost],
  ['answers late', COLOURS.waited],
  ['nobody asked', COLOURS.unseen],
] as const;

/** Every path over the time as one picture, with what changed in the cluster: SVG that stands alone. */
export function timelineSvg(report: WatchReport): string {
  const whole = { fromMs: Date.parse(report.startedAt), toMs: Date.parse(report.endedAt) };
  const x = scaleOf(whole);
  const byLength = report.paths.toSorted((a, b) => b.interruptions.length - a.interruptions.length);
  const shown = new Set(byLength.slice(0, MOST_ROWS));
  const groups = WATCH_CLASSES.flatMap((pathClass) =>
    [false, true].map((isLongLived) =>
      report.paths.filter(
        (path) => shown.has(path) && path.pathClass === pathClass && path.isLongLived === isLongLived,
      ),
    ),
  ).filter(({ length }) => length > 0);
  let y = TOP;
  const rows = groups.flatMap((paths) => {
    const [first] = paths as [WatchPath];
    y += ROW + 8;
    const head = svgText(LEFT - 8, y - 4, watchWords(first), ' text-anchor="end" font-weight="bold"');
    return [
      head,
      ...paths.map((path) => {
        const drawn = drawPath(path, y, whole, x);
        y += ROW;
        return drawn;
      }),
    ];
  });
  const bottom = y + 6;
  const changes = report.changes.slice(0, MOST_CHANGES);
  const marks = changes.map(({ at, text: words }, index) => {
    const mark = x(Date.parse(at));
    return (
      `<g><title>${escapeXml(`${clock(at)} ${words}`)}</title>` +
      `<line x1="${mark}" x2="${mark}" y1="${TOP}" y2="${bottom}" ` +
      `stroke="${COLOURS.change}" stroke-dasharray="2 3"/>` +
      `${svgText(mark + 2, bottom + 10, String(index + 1), ' font-size="9"')}</g>`
    );
  });
  const list = changes.map(({ at, text: words }, index) =>
    svgText(16, bottom + 32 + index * CHANGE_ROW, `${index + 1}  ${clock(at)}  ${words}`),
  );
  const rest = report.changes.length - changes.length;
  const height = bottom + 40 + (changes.length + (rest > 0 ? 1 : 0)) * CHANGE_ROW;
  const left = report.paths.length - shown.size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
      'font-family="system-ui, \'Segoe UI\', \'DejaVu Sans\', sans-serif" font-size="11" fill="#222222" role="img">',
    `<title>${escapeXml(`Paths of ${report.cluster.name} over the time`)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    svgText(16, 26, `Paths of ${report.cluster.name}`, ' font-size="18" font-weight="bold"'),
    ...LEGEND.map(([words, colour], index) => {
      const at = 16 + index * 130;
      return `<rect x="${at}" y="40" width="14" height="11" fill="${colour}"/>${svgText(at + 19, 50, words)}`;
    }),
    ...(left > 0 ? [svgText(560, 50, `${left} more paths are in watch.json`, ' fill="#555555"')] : []),
    ...axis(whole, x, bottom),
    ...rows,
    ...marks,
    ...list,
    ...(rest > 0 ? [svgText(16, bottom + 32 + changes.length * CHANGE_ROW, `and ${rest} more in watch.json`)] : []),
    '</svg>',
    '',
  ].join('\n');
}
