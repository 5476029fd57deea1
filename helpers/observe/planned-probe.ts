import type { AgentGot, ProbeKind } from '../model/agent-got.ts';
import type { Crosses, ErrorKind, Expectation, PathClass, Place, ProbeName, Verdict } from '../model/observation.ts';
import type { SuiteName } from '../model/suites.ts';
import type { Asked, Got } from '../model/probe-observation.ts';
import type { ProbeResult, ProbeSpec } from '../probe/protocol.ts';
import { judgeExpectation } from './expectation.ts';
import type { Strains } from './starved.ts';

/** What the agent is asked to do, before the batch gives it an id. */
export type SpecOf = { [Kind in ProbeKind]: Omit<Extract<ProbeSpec, { kind: Kind }>, 'id'> };

/** An agent's answer whose `got` was read by the kind of what it was asked. */
export type ResultOf<Kind extends ProbeKind = ProbeKind> = Omit<ProbeResult, 'got'> & { got: AgentGot[Kind] };

export interface Judgement<Kind extends ProbeKind = ProbeKind> {
  verdict: Verdict;
  reason?: string;
  errorKind?: ErrorKind;
  got: Got[Kind];
}

/** One probe before it runs: where from, what is sent, what it stands for, and how the answers are judged. */
export interface Planned<Kind extends ProbeKind = ProbeKind> {
  source: Place;
  suite: SuiteName | 'diagnosis';
  kind: Kind;
  role: ProbeName;
  destination: Place;
  pathClass?: PathClass;
  /** What its packets go through. */
  crosses: Crosses;
  /** What it must do. Default `must-pass`. */
  expectation?: Expectation;
  asked: Asked[Kind];
  /** Nobody needs to be let in there: where no node lets it in, it says nothing of the cluster. */
  isUnpromised?: true;
  /** `namespace/name` of the Service whose pods answer: where they change meanwhile, the probe is made anew. */
  service?: string;
  /** Whose name is asked for: a Service, `namespace/name`, or a host. Once that is gone, no answer is a wrong one. */
  about?: string;
  /**
   * Several when the probe is made of connections that must not wait for each other: one time-out is then paid once.
   */
  specs: SpecOf[Kind][];
  /** Whether it was answered as a probe is that must pass. A method, so that probes of all kinds go into one list. */
  judge(results: ResultOf<Kind>[]): Judgement<Kind>;
  /**
   * Set where chance may lose a part of the attempts: this many times as many attempts follow, and all are judged
   * together.
   */
  confirmTimes?: number;
  /**
   * The probe to make instead, where the answers show that it should be asked differently. It counts only when it
   * passes. A method, as `judge` is.
   */
  otherwise?(results: ResultOf<Kind>[]): Planned<Kind> | undefined;
}

/** A probe of one of the kinds, as a plan makes it: what runs it takes a `Planned` of any. */
export type PlannedProbe = { [Kind in ProbeKind]: Planned<Kind> }[ProbeKind];

/** A probe with what its agent answered. */
export interface Measured {
  probe: Planned;
  results: ResultOf[];
  /** Why answers are missing. */
  lost?: string;
  /** How busy the nodes at both ends were. */
  strains?: Strains;
}

/**
 * The judgement of a probe against its expectation, once all of its parts have been answered; undefined while one is
 * missing.
 */
export const judgementOf = ({ probe, results }: Pick<Measured, 'probe' | 'results'>): Judgement | undefined =>
  results.length === probe.specs.length ? judgeExpectation(probe.judge(results), probe.expectation) : undefined;
