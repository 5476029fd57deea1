import { appendFileSync } from 'node:fs';
import type { ProbeKind } from '../model/agent-got.ts';
import {
  OBSERVATION_VERSION,
  type FactObservation,
  type Observation,
  type ProbeObservation,
  type ProbeOf,
} from '../model/observation.ts';
import type { Asked, Got } from '../model/probe-observation.ts';

type WithoutFrame<T> = Omit<T, 'v' | 'type' | 'id' | 'at'>;

/** A probe's observation before it is recorded: what was asked and what came back are of its kind. */
export type ToRecord<Kind extends ProbeKind> = Omit<WithoutFrame<ProbeObservation>, 'kind' | 'asked' | 'got'> & {
  kind: Kind;
  asked: Asked[Kind];
  got: Got[Kind];
};

/**
 * Writes every observation at once to the run's observations.ndjson, so that nothing seen is lost with the process, and
 * keeps them for the reader in the same process. Ids are `<prefix><number>`; give each process that writes to one file
 * its own prefix.
 */
export class Recorder {
  readonly observations: Observation[] = [];
  readonly #path: string | undefined;
  readonly #prefix: string;

  constructor(path: string | undefined, prefix: string) {
    this.#path = path;
    this.#prefix = prefix;
  }

  probe<Kind extends ProbeKind>(observation: ToRecord<Kind>): ProbeOf<Kind> {
    // The compiler does not follow that the parts of one kind make the observation of that kind.
    return this.#add({ ...this.#frame(), type: 'probe', ...observation } as unknown as ProbeOf<Kind>);
  }

  fact(observation: WithoutFrame<FactObservation>): FactObservation {
    return this.#add({ ...this.#frame(), type: 'fact', ...observation });
  }

  #frame(): { v: typeof OBSERVATION_VERSION; id: string; at: string } {
    return {
      v: OBSERVATION_VERSION,
      id: `${this.#prefix}${this.observations.length + 1}`,
      at: new Date().toISOString(),
    };
  }

  #add<T extends Observation>(observation: T): T {
    this.observations.push(observation);
    if (this.#path) appendFileSync(this.#path, `${JSON.stringify(observation)}\n`);
    return observation;
  }
}
