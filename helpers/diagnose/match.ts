import type { Evidence, Location } from '../model/finding.ts';
import type { Match } from './entry.ts';

/** Nothing, as a condition that does not hold leaves it. */
type Nothing = false | undefined | null | '' | 0;

/** One place at which a cause is, or may be, and what says so. */
export interface Grounds extends Pick<Match, 'impact' | 'nodes' | 'requests'> {
  at: Location;
  /** Sentences with their observations; one whose condition does not hold is left out: `open && say(...)`. */
  evidence: readonly (Evidence | Nothing)[];
  /** Failed probes that it accounts for, by themselves or by their ids. */
  basis: readonly (string | { id: string })[];
}

/** A match that is proved where direct evidence is there that no rival explains, and else a candidate. */
export const provedIf = (isProved: unknown, { at, evidence, basis, ...more }: Grounds): Match => ({
  confidence: isProved ? 'proved' : 'candidate',
  location: at,
  evidence: evidence.filter((each) => typeof each === 'object' && each !== null),
  basis: basis.map((probe) => (typeof probe === 'string' ? probe : probe.id)),
  ...more,
});

export const proved = (grounds: Grounds): Match => provedIf(true, grounds);

export const candidate = (grounds: Grounds): Match => provedIf(false, grounds);
