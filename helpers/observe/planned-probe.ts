import type { ErrorKind, PathClass, Place, ProbeObservation, Verdict } from '../model/observation.ts';
import type { SuiteName } from '../model/suites.ts';
import type {
  BurstSpec,
  DnsSpec,
  HttpSpec,
  PayloadSpec,
  ProbeResult,
  ResolveSpec,
  TcpSpec,
  UdpEchoSpec,
} from '../probe/protocol.ts';

type WithoutId<T> = Omit<T, 'id'>;

/** What the agent is asked to do, before the batch gives it an id. */
export type SpecToSend =
  | WithoutId<TcpSpec>
  | WithoutId<HttpSpec>
  | WithoutId<UdpEchoSpec>
  | WithoutId<PayloadSpec>
  | WithoutId<DnsSpec>
  | WithoutId<ResolveSpec>
  | WithoutId<BurstSpec>;

export interface Judgement {
  verdict: Verdict;
  reason?: string;
  errorKind?: ErrorKind;
  got: Record<string, unknown>;
}

/** One probe before it runs: where from, what is sent, what it stands for, and how the answers are judged. */
export interface PlannedProbe {
  source: Place;
  suite: SuiteName | 'diagnosis';
  kind: ProbeObservation['kind'];
  role: string;
  destination: Place;
  pathClass?: PathClass;
  asked: Record<string, unknown>;
  /** `namespace/name` of the Service whose pods answer: where they change meanwhile, the probe is made anew. */
  service?: string;
  /**
   * Several when the probe is made of connections that must not wait for each other: one time-out is then paid once.
   */
  specs: SpecToSend[];
  judge: (results: ProbeResult[]) => Judgement;
  /**
   * Set where a part of the attempts may be lost by chance: so many times the attempts are made once more, and judged
   * together.
   */
  confirmTimes?: number;
}

/** A probe with what its agent answered. */
export interface Measured {
  probe: PlannedProbe;
  results: ProbeResult[];
  /** Why answers are missing. */
  lost?: string;
}

/** The judgement of a probe all of whose parts were answered; undefined of one that was not heard. */
export const judgementOf = ({ probe, results }: Pick<Measured, 'probe' | 'results'>): Judgement | undefined =>
  results.length === probe.specs.length ? probe.judge(results) : undefined;
