import type { ProbeObservation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import { execute, measure, record, type ExecuteOptions } from './execute.ts';
import { judgementOf } from './planned-probe.ts';
import { planHostEgress, planPodEgress, wayOf, type Resolvers } from './plans/egress.ts';

/**
 * Asks each node's own resolvers for the external name, by the node and by its pods. Many resolvers do not answer over
 * TCP: where the node itself gets no answer over it, it is not asked for.
 */
export async function observeEgress(
  context: RunContext,
  resolvers: Resolvers,
  options: ExecuteOptions,
): Promise<ProbeObservation[]> {
  const measured = await measure(planHostEgress(context, resolvers), options);
  const passes = measured.filter((each) => judgementOf(each)?.verdict === 'pass');
  const hosts = record(
    measured.filter((each) => each.probe.asked.protocol === 'udp' || passes.includes(each)),
    options.recorder,
  );
  const pods = await execute(
    planPodEgress(context, resolvers, new Set(passes.map(({ probe }) => wayOf(probe)))),
    options,
  );
  return [...hosts, ...pods];
}
