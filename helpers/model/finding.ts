import type { AcceptedProblem } from './accepted.ts';
import type { SymptomVerdict } from './verdict.ts';

/** Where a finding is: only the fields that apply are set. */
export interface Location {
  node?: string;
  from?: string;
  to?: string;
  service?: string;
  endpoint?: string;
  host?: string;
  replica?: string;
}

export interface Evidence {
  /** One sentence a person can check, with the numbers in it. */
  text: string;
  /** Ids of the observations that say so. */
  observations: string[];
}

/** A root cause that the observations prove, or one that they leave possible. */
export interface Finding {
  /** The catalogue's id, for example `vxlan-port-filtered-in-path`; also the name of its page in docs/findings. */
  code: string;
  title: string;
  confidence: 'proved' | 'candidate';
  locations: Location[];
  evidence: Evidence[];
  remedy: string;
  /** The command that shows that it is fixed; for a candidate, the one that tells it from its rivals. */
  verify: string;
  /** Codes that explain the observations equally well. */
  rivals: string[];
  explains: Explained;
  /** Set where somebody accepts it at every place. */
  accepted?: AcceptedProblem;
}

/** What follows from a finding. */
export interface Explained {
  /** Codes of what is therefore not listed by itself. */
  findings: string[];
  /** Ids of the failed probes that its cause accounts for, by place, direction and kind of failure. */
  observations: string[];
}

/** Failed probes that no finding explains, and that fail alike at one place or at a few. */
export interface Unexplained {
  /** Where it fails, how, and what answers there all the same: one clause. */
  title: string;
  location: Location;
  /** Ids of the failed probes. */
  observations: string[];
  /** The first command to try, with what its output tells. */
  confirm: string;
  /** Whether it is a problem of its own. Silence here and there may be the far end of what a finding names. */
  isOwnProblem: boolean;
  accepted?: AcceptedProblem;
}

/** Something that a run could not look at, said aloud. */
export interface Hole {
  what: string;
  why: string;
  node?: string;
  /** Set where it was left out on purpose: then it leaves nothing open. */
  isByChoice?: boolean;
}

export type RunVerdict = 'healthy' | 'unhealthy' | 'inconclusive';

export interface SuiteResult {
  name: string;
  verdict: SymptomVerdict;
  passed: number;
  failed: number;
  skipped: number;
  inconclusive: number;
  durationMs: number;
}
