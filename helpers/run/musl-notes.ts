import type { Hole } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';

const WHAT = 'names as images with musl (Alpine) look them up';

const nodesOf = (nodes: readonly string[]): string => [...new Set(nodes)].toSorted().join(', ');

/** Nodes whose pods search the root: those with the cluster's names, or those with dnsPolicy Default. */
function rootSearched(observations: readonly Observation[], key: 'pod-resolv' | 'resolv'): string[] {
  return observations.flatMap((observation) =>
    observation.type === 'fact' &&
    observation.key === key &&
    observation.value?.search.includes('.') &&
    observation.node !== undefined
      ? [observation.node]
      : [],
  );
}

/** Search domains that have no data for a name that nobody has, with the nodes whose pods search them. */
function emptyDomains(observations: readonly Observation[]): Map<string, string[]> {
  const empty = observations.flatMap((observation) => {
    if (observation.type !== 'probe' || observation.kind !== 'dns' || observation.role !== 'search-domain') return [];
    const { got, asked, source } = observation;
    const [, domain] = /\.invalid\.(.+)$/.exec(asked.name) ?? [];
    const isEmpty = got.rcode === 'NOERROR' && (got.answers ?? []).length === 0;
    return isEmpty && domain !== undefined && source.node !== undefined ? [{ domain, node: source.node }] : [];
  });
  const byDomain = Map.groupBy(empty, ({ domain }) => domain);
  return new Map([...byDomain].map(([domain, each]) => [domain, each.map(({ node }) => node)]));
}

/**
 * What only musl minds, and the probes, which have glibc, cannot show: a root in the search list, and a search domain
 * that has an answer without data for every name. Notes, which leave nothing open.
 */
export function muslNotes(observations: readonly Observation[]): Hole[] {
  const pods = rootSearched(observations, 'pod-resolv');
  const own = rootSearched(observations, 'resolv').filter((node) => !pods.includes(node));
  const whys = [
    ...(pods.length > 0
      ? [`resolv.conf of pods on ${nodesOf(pods)} has "search .": musl then resolves no name with a few dots`]
      : []),
    ...(own.length > 0
      ? [`pods with dnsPolicy Default on ${nodesOf(own)} have "search .": musl then resolves no name with a few dots`]
      : []),
    ...[...emptyDomains(observations)].map(
      ([domain, nodes]) =>
        `the search domain ${domain} of pods on ${nodesOf(nodes)} answers any name without data: musl looks no further`,
    ),
  ];
  return whys.map((why) => ({ what: WHAT, why, isByChoice: true }));
}
