import type { ProbeObservation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import type { HostFacts } from './node-facts.ts';
import type { Planned } from './planned-probe.ts';
import { paced } from './plans/paced.ts';
import { planPairs, planResolverNames, type Foreign } from './plans/outside-names.ts';
import { planSearchDomains } from './plans/search-domains.ts';

type Observe = (plan: (context: RunContext) => Planned[]) => Promise<ProbeObservation[]>;

/** Addresses that search domains gave for names that nobody has, by node. */
function foreignIn(observations: readonly ProbeObservation[]): Foreign {
  const byNode = Map.groupBy(
    observations.filter(({ role }) => role === 'search-domain'),
    ({ source }) => source.node ?? '',
  );
  return new Map(
    [...byNode].map(([node, probes]): [string, string[]] => [
      node,
      probes.flatMap((probe) =>
        probe.kind === 'dns' ? (probe.got.answers ?? []).filter((answer) => typeof answer === 'string') : [],
      ),
    ]),
  );
}

/**
 * Names outside of the cluster as applications ask for them: through the search list of the pods, whose foreign domains
 * are asked before for a name that nobody has; and A and AAAA as a pair.
 */
export async function observeOutsideNames(
  observe: Observe,
  { clusterDomain, podResolvers, resolvers }: Pick<HostFacts, 'clusterDomain' | 'podResolvers' | 'resolvers'>,
): Promise<ProbeObservation[]> {
  const throughSearch = async (): Promise<ProbeObservation[]> => {
    const domains = await observe((context) => paced(planSearchDomains(context, podResolvers, clusterDomain)));
    const foreign = foreignIn(domains);
    return [...domains, ...(await observe((context) => paced(planResolverNames(context, foreign))))];
  };
  const [pairs, searched] = await Promise.all([
    observe((context) => paced(planPairs(context, resolvers))),
    throughSearch(),
  ]);
  return [...pairs, ...searched];
}
