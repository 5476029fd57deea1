import { watchWords, type WatchReport } from '../../model/watch.ts';
import { few } from '../../few.ts';
import { cell } from '../markdown-form.ts';
import { clock, lossWords, seconds, stallWords, watchSentence } from './words.ts';

const MOST_PATHS = 6;

function outageRows({ outages, paths, changes }: WatchReport): string[][] {
  const nameOf = new Map(paths.map(({ id, from, to }) => [id, `${from} → ${to}`]));
  return outages.map((outage) => {
    const names = outage.paths.map((id) => nameOf.get(id) ?? id);
    const beside = outage.changes.map((index) => changes[index]).flatMap((change) => change ?? []);
    return [
      clock(outage.startedAt),
      `${outage.isEndUnseen ? 'at least ' : ''}${seconds(outage.durationMs)}`,
      watchWords(outage),
      `${outage.paths.length} of ${outage.of}: ${few(names, MOST_PATHS)}`,
      `${lossWords(outage)}${stallWords(outage.stallMs)}`,
      beside.map(({ at, text }) => `${clock(at)} ${text}`).join('; ') || 'nothing was seen to change',
    ].map(cell);
  });
}

function classRows({ paths }: WatchReport): string[][] {
  return [...Map.groupBy(paths, watchWords)].map(([words, same]) => {
    const sum = (of: 'sent' | 'lost' | 'waited' | 'single') => same.reduce((total, path) => total + path[of], 0);
    const longest = Math.max(0, ...same.flatMap((path) => path.interruptions.map(({ durationMs }) => durationMs)));
    return [words, same.length, sum('sent'), sum('lost'), sum('single'), sum('waited'), seconds(longest)].map(String);
  });
}

const table = (head: string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

/** summary.md of a watch. */
export function watchMarkdown(report: WatchReport): string {
  const { cluster, startedAt, endedAt, changes, notes, cost } = report;
  return [
    `# Watched: ${cluster.name}`,
    '',
    `**${watchSentence(report)}**`,
    '',
    `${cluster.nodes} nodes, ${cluster.distribution} ${cluster.serverVersion}, from ${startedAt} to ${endedAt}.`,
    '',
    '![Every path over the time](timeline.svg)',
    '',
    '## Interruptions',
    '',
    ...(report.outages.length === 0
      ? ['None.', '']
      : table(['from', 'for', 'class', 'paths', 'requests', 'beside it'], outageRows(report))),
    '## Paths',
    '',
    ...table(['class', 'paths', 'sent', 'lost', 'of them alone', 'waited', 'longest interruption'], classRows(report)),
    '## What changed',
    '',
    ...(changes.length === 0
      ? ['Nothing was seen to change.']
      : changes.map(({ at, text }) => `- ${clock(at)} ${text}`)),
    '',
    ...(notes.length === 0 ? [] : ['## Not watched', '', ...notes.map((note) => `- ${note}`), '']),
    '## Cost',
    '',
    `Each path was asked every ${cost.intervalMs} ms: on the busiest node some ${cost.requestsPerSecond} requests ` +
      `and ${cost.packetsPerSecond} packets a second; ${cost.apiCalls} calls of the API, ${cost.execs} execs.`,
    '',
  ].join('\n');
}
