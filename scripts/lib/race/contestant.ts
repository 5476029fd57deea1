import type { InForce } from '../../../lab/faults/lib/types.ts';
import type { Kubectl } from '../../../lab/kubectl.ts';
import type { Kit } from '../../../lab/kit.ts';
import type { E2eKit } from '../../../lab/setup/e2e.ts';

/** What a contestant is given. */
export interface Course {
  lab: string;
  kit: Kit;
  e2e: E2eKit;
  kubectl: Kubectl;
  kubeconfig: string;
  /** Where it may write. */
  folder: string;
  /** The state's name, for names of files. */
  state: string;
  capMs: number;
  signal: AbortSignal;
  /** What is really broken, for the judge alone. */
  inForce: InForce[];
  nodes: string[];
}

/** What came of it. */
export interface Said {
  verdict: 'healthy' | 'unhealthy' | 'none';
  ms: number;
  /** Whether it was stopped at the cap. */
  isCapped: boolean;
  /** When it first printed that something failed, where it prints as it goes. */
  firstSignMs?: number;
  /** What it said, in a line. */
  text: string;
  cause: 'named' | 'not named' | 'wrong';
}

export interface Contestant {
  id: string;
  title: string;
  compete(course: Course): Promise<Said>;
}

/** Words by which a failure would name a filter of the overlay's port, whichever of them. */
const CAUSE = /\b(?:8472|vxlan|firewall|iptables|nftables)\b/i;

/** Whether texts that are no diagnosis name the cause all the same; where nothing is broken there is none. Pure. */
export const causeIn = (texts: readonly string[]): Said['cause'] =>
  texts.some((text) => CAUSE.test(text)) ? 'named' : 'not named';
