import { watchWords } from '../../model/watch.ts';
import { outagesOf, type Outage } from '../../observe/watch/outages.ts';
import type { Watched } from './streams.ts';

/** What is told while it happens. */
export type LiveNews =
  | { kind: 'down'; atMs: number; words: string; paths: string[]; of: number }
  | { kind: 'up'; outage: Outage; words: string }
  | { kind: 'state'; text: string };

const CLOCK_MS = 500;

/** All that happened from one message to the other: some paths may have answered for a moment meanwhile. */
function together(outages: readonly Outage[]): Outage | undefined {
  const [first] = outages;
  const sum = (of: 'sent' | 'lost' | 'waited') => outages.reduce((total, each) => total + each[of], 0);
  return (
    first && {
      ...first,
      endMs: Math.max(...outages.map(({ endMs }) => endMs)),
      sent: sum('sent'),
      lost: sum('lost'),
      waited: sum('waited'),
      paths: [...new Set(outages.flatMap(({ paths }) => paths))],
    }
  );
}

const classOf = ({ path: { pathClass, isLongLived } }: Watched): string => watchWords({ pathClass, isLongLived });

/** Tells of each class when its paths are interrupted, and when they answer again. */
export class Live {
  /** Since when. */
  readonly #down = new Map<string, number>();

  /** What is new since the last look. */
  look(watched: readonly Watched[]): LiveNews[] {
    const news: LiveNews[] = [];
    for (const [words, same] of Map.groupBy(watched, classOf)) {
      const open = same.filter(({ tally }) => tally.open !== undefined);
      if (open.length > 0 && !this.#down.has(words)) {
        const atMs = Math.min(...open.map(({ tally }) => tally.open?.startMs ?? Number.POSITIVE_INFINITY));
        this.#down.set(words, atMs);
        news.push({
          kind: 'down',
          atMs,
          words,
          paths: open.map(({ path }) => `${path.from} → ${path.to}`),
          of: same.length,
        });
      }
      const downMs = this.#down.get(words);
      if (open.length > 0 || downMs === undefined) continue;
      this.#down.delete(words);
      const outages = outagesOf(same.map(({ path, tally: { interruptions } }) => ({ ...path, interruptions })));
      // A clock of an agent is known better by now than when it was told that it began.
      const outage = together(outages.filter(({ endMs }) => endMs >= downMs - CLOCK_MS));
      if (outage) news.push({ kind: 'up', outage, words });
    }
    return news;
  }

  /** One line of how all stands. */
  state(watched: readonly Watched[]): LiveNews {
    const known = watched.filter(({ tally }) => tally.isKnown);
    const down = known.filter(({ tally }) => tally.open !== undefined);
    const sum = (of: 'sent' | 'lost') => known.reduce((total, { tally }) => total + tally[of], 0);
    const text =
      `${known.length - down.length} of ${watched.length} paths answer, ` +
      `${sum('sent')} requests, ${sum('lost')} lost`;
    return { kind: 'state', text };
  }
}
