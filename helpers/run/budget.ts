import type { Hole } from '../model/finding.ts';
import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';

/**
 * Every node asks each of them, so a node's part of a run grows with them, whatever the size of the cluster: forty
 * Services are some four hundred connections a node.
 */
export const MOST_SERVICES = 40;
export const MOST_HOSTS = 40;

export interface Budgeted {
  targets: Targets;
  topology: Topology;
  holes: Hole[];
}

const said = (what: string, left: number, all: number, variable: string): Hole[] =>
  left < all
    ? [
        {
          what: `${all - left} of ${all} ${what}`,
          why: `a run takes ${left}: ${variable} names others`,
          isByChoice: true,
        },
      ]
    : [];

/**
 * Of targets that nobody named as many as a run has time for: those of the run's namespaces first, then by name. What
 * is left out is a hole, and no Service that is neither a target nor behind a host is asked by its name. Pure.
 */
export function withinBudget(
  targets: Targets,
  topology: Topology,
  {
    namespaces,
    services: areNamed,
    hosts: areHostsNamed,
  }: { namespaces: readonly string[]; services: boolean; hosts: boolean },
): Budgeted {
  const rank = (namespace = ''): number => (namespaces.includes(namespace) ? 0 : 1);
  const hosts = areHostsNamed
    ? targets.hosts
    : targets.hosts
        .toSorted((a, b) => rank(a.service?.split('/')[0]) - rank(b.service?.split('/')[0]))
        .slice(0, MOST_HOSTS);
  const services = areNamed
    ? targets.services
    : targets.services.toSorted((a, b) => rank(a.namespace) - rank(b.namespace)).slice(0, MOST_SERVICES);
  const wanted = new Set([
    ...services.map(({ namespace, name }) => `${namespace}/${name}`),
    ...hosts.flatMap(({ service }) => service ?? []),
  ]);
  const isCut = services.length < targets.services.length;
  return {
    targets: { ...targets, services, hosts },
    topology: isCut
      ? { ...topology, services: topology.services.filter(({ namespace, name }) => wanted.has(`${namespace}/${name}`)) }
      : topology,
    holes: [
      ...said('Services', services.length, targets.services.length, 'NETWRIGHT_SERVICES'),
      ...said('hosts of Ingress objects', hosts.length, targets.hosts.length, 'NETWRIGHT_HOSTS'),
    ],
  };
}
