import { appendFileSync } from 'node:fs';
import {
  OBSERVATION_VERSION,
  type FactObservation,
  type Observation,
  type ProbeObservation,
} from '../model/observation.ts';

type WithoutFrame<T> = Omit<T, 'v' | 'id' | 'at'>;

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

  probe(observation: WithoutFrame<Omit<ProbeObservation, 'type'>>): ProbeObservation {
    return this.#add({ ...this.#frame(), type: 'probe', ...observation });
  }

  fact(observation: WithoutFrame<Omit<FactObservation, 'type'>>): FactObservation {
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
