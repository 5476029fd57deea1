import type { ProbeObservation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import { measure, record, type ExecuteOptions } from './execute.ts';
import { inEachFamily } from './in-family.ts';
import { judgementOf, type Measured, type Planned } from './planned-probe.ts';
import { changedServices, goneFrom, type SettlingCluster } from './settling-cluster.ts';

const MOST_ROUNDS = 3;

const hasFailed = (each: Measured): boolean => !each.lost && judgementOf(each)?.verdict === 'fail';

/**
 * Runs a plan as `execute` does, and again for Services whose pods changed while they were probed: pods that come and
 * go under a roll-out or a scaling are no fault, and what failed towards those that are gone says nothing, nor does it
 * that a name is not known which was deleted meanwhile. What fails
 * with the same pods before and after stays failed, at once.
 */
export async function executeSettled(
  cluster: SettlingCluster,
  plan: (context: RunContext) => Planned[],
  options: ExecuteOptions,
): Promise<ProbeObservation[]> {
  let now = cluster.newest;
  let measured = await measure(inEachFamily(now, plan), options);
  for (let round = 1; measured.some(hasFailed); round += 1) {
    const fresh = await cluster.refresh();
    // What the last round asked for may have been deleted as well.
    const gone = goneFrom(cluster.first.topology, cluster.newest.topology);
    measured = measured.filter((each) => !(hasFailed(each) && gone.has(each.probe.about ?? '')));
    if (!fresh || round === MOST_ROUNDS) break;
    const changed = changedServices(now.topology, fresh.topology);
    const touched = new Set(
      measured
        .filter(hasFailed)
        .flatMap(({ probe }) => (probe.service !== undefined && changed.has(probe.service) ? [probe.service] : [])),
    );
    if (touched.size === 0) break;
    now = await cluster.atRest(options.signal);
    const isTouched = ({ service }: Pick<Planned, 'service'>) => service !== undefined && touched.has(service);
    const again = await measure(inEachFamily(now, plan).filter(isTouched), options);
    measured = [...measured.filter(({ probe }) => !isTouched(probe)), ...again];
  }
  return record(measured, options.recorder);
}
