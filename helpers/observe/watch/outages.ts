import type { WatchClass } from '../../model/watch.ts';
import { CALM_MS, type Interruption } from './tally.ts';

/** What is needed of a path to take its interruptions together with those of others. */
export interface InterruptedPath {
  id: string;
  pathClass: WatchClass;
  isLongLived: boolean;
  interruptions: readonly Interruption[];
}

/** Interruptions of one class and way of asking that overlap, or follow each other within a second. */
export interface Outage {
  pathClass: WatchClass;
  isLongLived: boolean;
  startMs: number;
  endMs: number;
  sent: number;
  lost: number;
  waited: number;
  paths: string[];
  isEndUnseen?: true;
}

function together(group: { path: InterruptedPath; interruption: Interruption }[]): Outage {
  const interruptions = group.map(({ interruption }) => interruption);
  const sum = (of: 'sent' | 'lost' | 'waited') => interruptions.reduce((total, each) => total + each[of], 0);
  const endMs = Math.max(...interruptions.map((each) => each.endMs));
  const { pathClass, isLongLived } = (group[0] as (typeof group)[number]).path;
  return {
    pathClass,
    isLongLived,
    startMs: Math.min(...interruptions.map(({ startMs }) => startMs)),
    endMs,
    sent: sum('sent'),
    lost: sum('lost'),
    waited: sum('waited'),
    paths: [...new Set(group.map(({ path }) => path.id))],
    ...(interruptions.some((each) => each.isEndUnseen && each.endMs === endMs) && { isEndUnseen: true as const }),
  };
}

/** Interruptions by class and way, those at the same time as one, in the order of their beginnings. Pure. */
export function outagesOf(paths: readonly InterruptedPath[]): Outage[] {
  const classes = Map.groupBy(paths, ({ pathClass, isLongLived }) => `${pathClass} ${isLongLived}`);
  const outages = [...classes.values()].flatMap((same) => {
    const all = same
      .flatMap((path) => path.interruptions.map((interruption) => ({ path, interruption })))
      .toSorted((a, b) => a.interruption.startMs - b.interruption.startMs);
    const groups: (typeof all)[] = [];
    let untilMs = Number.NEGATIVE_INFINITY;
    for (const each of all) {
      if (each.interruption.startMs - untilMs > CALM_MS) groups.push([]);
      groups.at(-1)?.push(each);
      untilMs = Math.max(untilMs, each.interruption.endMs);
    }
    return groups.map(together);
  });
  return outages.toSorted((a, b) => a.startMs - b.startMs);
}
