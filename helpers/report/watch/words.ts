import { watchWords, type WatchOutage, type WatchReport } from '../../model/watch.ts';
import { count } from '../counted.ts';

/** The time of day, to the tenth of a second, by the clock of who reads. */
export function clock(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const tenths = Math.floor(at.getMilliseconds() / 100);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${tenths}`;
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** How many requests of an outage came to nothing. */
export function lossWords({ sent, lost, waited }: Pick<WatchOutage, 'sent' | 'lost' | 'waited'>): string {
  const parts = [
    ...(lost > 0 || waited === 0 ? [`${lost} of ${count(sent, 'request')} lost`] : []),
    ...(waited > 0 ? [`answers came late: nothing more could be sent ${count(waited, 'time')}`] : []),
  ];
  return parts.join(', ');
}

/** That the machine, and no network, may have lost it. */
export const stallWords = (stallMs: number | undefined): string =>
  stallMs === undefined ? '' : `; an agent of it did not run for ${seconds(stallMs)}: the machine was too busy`;

/** One outage in a sentence. */
export function outageWords(outage: WatchOutage): string {
  const { startedAt, durationMs, paths, of, isEndUnseen, stallMs } = outage;
  const end = isEndUnseen ? 'at least ' : '';
  return (
    `${clock(startedAt)} ${watchWords(outage)}: interrupted for ${end}${seconds(durationMs)} ` +
    `on ${paths.length} of ${count(of, 'path')}, ${lossWords(outage)}${stallWords(stallMs)}`
  );
}

/** What can be said of it: the answer to --max-outage, or why there is none; nothing where nobody asked for one. */
function verdictWords({ verdict, reasons }: WatchReport): string {
  const why = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  return verdict === 'seen' ? '' : `${verdict}${why}. `;
}

/** The whole in one sentence, after the verdict. */
export const watchSentence = (report: WatchReport): string => `${verdictWords(report)}${whatWasSeen(report)}`;

function whatWasSeen({ paths, outages, silent, startedAt, endedAt }: WatchReport): string {
  const sum = (of: 'sent' | 'lost') => paths.reduce((total, path) => total + path[of], 0);
  const time = seconds(Date.parse(endedAt) - Date.parse(startedAt));
  if (paths.length === 0) return `nothing answered in ${time}: there was nothing to watch`;
  const longest = Math.max(0, ...outages.map(({ durationMs }) => durationMs));
  const interrupted = paths.filter(({ interruptions }) => interruptions.length > 0).length;
  const how =
    interrupted === 0
      ? 'no path was interrupted'
      : `${interrupted} of ${count(paths.length, 'path')} were interrupted, for ${seconds(longest)} at the longest`;
  const blind = paths.filter(({ unseen }) => unseen.length > 0);
  const blindMs = Math.max(0, ...blind.flatMap(({ unseen }) => unseen.map(({ durationMs }) => durationMs)));
  const unseen =
    blind.length > 0 ? `; nobody asked on ${count(blind.length, 'path')}, for ${seconds(blindMs)} at the longest` : '';
  const never = silent > 0 ? `; ${count(silent, 'path')} never answered` : '';
  return `${how}; ${sum('lost')} of ${count(sum('sent'), 'request')} lost in ${time}${unseen}${never}`;
}
