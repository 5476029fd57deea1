import { watchWords } from '../../model/watch.ts';
import { outagesOf, type Outage } from '../../observe/watch/outages.ts';
import type { Watched } from './streams.ts';

/** What is told while it happens. */
export type LiveNews =
  | { kind: 'down'; atMs: number; words: string; paths: string[]; of: number }
  | { kind: 'up'; outage: Outage; words: string }
  | { kind: 'state'; text: string };

const classOf = ({ path: { pathClass, isLongLived } }: Watched): string => watchWords({ pathClass, isLongLived });

/** Tells of each class when its paths are interrupted, and when they answer again. */
export class Live {
  readonly #down = new Set<string>();

  /** What is new since the last look. */
  look(watched: readonly Watched[]): LiveNews[] {
    const news: LiveNews[] = [];
    for (const [words, same] of Map.groupBy(watched, classOf)) {
      const open = same.filter(({ tally }) => tally.open !== undefined);
      if (open.length > 0 && !this.#down.has(words)) {
        this.#down.add(words);
        const atMs = Math.min(...open.map(({ tally }) => tally.open?.startMs ?? Number.POSITIVE_INFINITY));
        news.push({
          kind: 'down',
          atMs,
          words,
          paths: open.map(({ path }) => `${path.from} → ${path.to}`),
          of: same.length,
        });
      } else if (open.length === 0 && this.#down.delete(words)) {
        const outage = outagesOf(same.map(({ path, tally: { interruptions } }) => ({ ...path, interruptions }))).at(-1);
        if (outage) news.push({ kind: 'up', outage, words });
      }
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
