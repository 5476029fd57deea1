import type { RunReport } from '../run-report.ts';

type Changes = NonNullable<RunReport['changes']>;
type Change = Changes['problems'][number];

/** What is said of problems of one code and state: a label, and a text beside it. */
export interface Told {
  label: string;
  text: string;
}

const SHOWN = 3;
const LABELS: Record<Change['state'], string> = {
  new: 'new',
  still: 'still there',
  unclear: 'not told',
  mended: 'mended',
};

/** An ISO time to the minute, by UTC. */
export const minuteOf = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;

const some = (texts: readonly string[]): string => {
  const rest = texts.length - SHOWN;
  return rest > 0 ? `${texts.slice(0, SHOWN).join('; ')}; and ${rest} more` : texts.join('; ');
};

function textOf(changes: readonly Change[]): string {
  const [first] = changes as [Change];
  const sinces = changes.map(({ since }) => since).toSorted();
  const flaps = changes.find((change) => change.flaps)?.flaps;
  return [
    `${first.code}: ${some(changes.map(({ place }) => place))}`,
    ...(first.state === 'new' ? [] : [`since ${minuteOf(sinces[0] ?? first.since)}`]),
    ...(first.why === undefined ? [] : [first.why]),
    ...(flaps ? [`it comes and goes: in ${flaps.seen} of the last ${flaps.of} runs`] : []),
  ].join('; ');
}

/** What changed since the last run of the same cluster, a code and a state a line; nothing where there is none. */
export function toldChanges({ changes }: RunReport): Told[] {
  if (!changes?.previous) return [];
  const order: Change['state'][] = ['new', 'still', 'unclear', 'mended'];
  return order.flatMap((state) => {
    const own = changes.problems.filter((change) => change.state === state);
    return [...Map.groupBy(own, ({ code, why }) => `${code} ${why ?? ''}`).values()].map((same) => ({
      label: LABELS[state],
      text: textOf(same),
    }));
  });
}

/** `20261126-020000-ab12, 2026-11-26 02:00 UTC, unhealthy`; undefined where there is no run before this one. */
export function previousText({ changes }: RunReport): string | undefined {
  const previous = changes?.previous;
  return previous && `${previous.runId}, ${minuteOf(previous.startedAt)}, ${previous.verdict}`;
}

/** What is accepted, an entry a line, with what became of it. */
export function toldAcceptances({ acceptances = [] }: RunReport): Told[] {
  return acceptances.map(({ code, place, reason, until, state }) => {
    const what = `${code} at ${place}`;
    if (state === 'expired') return { label: 'expired', text: `${what}: it was accepted until ${until}: ${reason}` };
    if (state === 'not-found')
      return { label: 'not found', text: `${what}: the entry may go; until ${until}: ${reason}` };
    return { label: 'accepted', text: `${what}, until ${until}: ${reason}` };
  });
}
