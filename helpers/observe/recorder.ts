import { appendFileSync } from 'node:fs';
import type { ProbeKind } from '../model/agent-got.ts';
import {
  OBSERVATION_VERSION,
  type FactObservation,
  type FactOf,
  type Observation,
  type ProbeObservation,
  type ProbeOf,
} from '../model/observation.ts';
import type { FactFrame } from '../model/fact-observation.ts';
import type { FactKey, FactValue, Reading } from '../model/facts.ts';
import type { Asked, Got } from '../model/probe-observation.ts';

type WithoutFrame<T> = Omit<T, 'v' | 'type' | 'id' | 'at'>;

/** A probe's observation before it is recorded: what was asked and what came back are of its kind. */
export type ToRecord<Kind extends ProbeKind> = Omit<WithoutFrame<ProbeObservation>, 'kind' | 'asked' | 'got'> & {
  kind: Kind;
  asked: Asked[Kind];
  got: Got[Kind];
};

/** Where observations go as they are recorded, in order. */
export type Sink = (observations: readonly Observation[]) => void;

/** A sink that adds them to a file, a line each. */
export const appendTo =
  (path: string): Sink =>
  (observations) =>
    appendFileSync(path, observations.map((observation) => `${JSON.stringify(observation)}\n`).join(''));

/** A fact before it is recorded: a key, and a value of that key's schema or why there is none. */
export type FactToRecord<Key extends FactKey> = Pick<FactFrame, 'source' | 'node'> & { key: Key } & Reading<
    FactValue<Key>
  >;

/**
 * Keeps what is observed, and hands it on: all that is recorded in one turn of the event loop together, so that nothing
 * is written between two probes that are measured. Ids are `<prefix><number>`; recorders of one run have prefixes of
 * their own.
 */
export class Recorder {
  readonly observations: Observation[] = [];
  readonly #sink: Sink | undefined;
  readonly #prefix: string;
  #recorded = 0;
  #waiting: Observation[] = [];

  constructor(sink: Sink | undefined, prefix: string) {
    this.#sink = sink;
    this.#prefix = prefix;
  }

  probe<Kind extends ProbeKind>(observation: ToRecord<Kind>): ProbeOf<Kind> {
    // The compiler does not follow that the parts of one kind make the observation of that kind.
    return this.#add({ ...this.#frame(), type: 'probe', ...observation } as unknown as ProbeOf<Kind>);
  }

  fact<Key extends FactKey>(observation: FactToRecord<Key>): FactOf<Key> & FactObservation {
    // Nor that a key with the value of that key makes the fact of that key.
    return this.#add({ ...this.#frame(), type: 'fact', ...observation } as unknown as FactOf<Key> & FactObservation);
  }

  /** Takes over what another recorder of the run has recorded. */
  take(observations: readonly Observation[]): void {
    for (const observation of observations) this.#keep(observation);
  }

  /** Hands on at once what waits for the end of the turn: before a process ends, and before others read. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#sink?.(waiting);
  }

  #frame(): { v: typeof OBSERVATION_VERSION; id: string; at: string } {
    this.#recorded += 1;
    return { v: OBSERVATION_VERSION, id: `${this.#prefix}${this.#recorded}`, at: new Date().toISOString() };
  }

  #add<T extends Observation>(observation: T): T {
    this.#keep(observation);
    return observation;
  }

  #keep(observation: Observation): void {
    this.observations.push(observation);
    if (!this.#sink) return;
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push(observation);
  }
}
