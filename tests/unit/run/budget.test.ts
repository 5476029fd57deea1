import { describe, expect, it } from 'vitest';
import { MOST_HOSTS, MOST_SERVICES, withinBudget } from '../../../helpers/run/budget.ts';
import { runContext, serviceOn } from '../observe/support/run-context.ts';

/** So many Services, each behind a host, in `a` but for the last, which is in `z`. */
function cluster(count: number) {
  const services = Array.from({ length: count }, (_, index) =>
    serviceOn([0], { namespace: index === count - 1 ? 'z' : 'a', name: `web-${index}` }),
  );
  const { targets, topology } = runContext({ nodes: 1, topology: { services } });
  return {
    topology,
    targets: {
      ...targets,
      services: services.map(({ namespace, name }) => ({
        namespace,
        name,
        healthPath: '/',
        identity: { kind: 'compare' as const },
      })),
      hosts: services.map(({ namespace, name }) => ({
        host: `${name}.example`,
        path: '/',
        service: `${namespace}/${name}`,
      })),
    },
  };
}
const UNNAMED = { namespaces: ['z'], services: false, hosts: false };

describe('targets that nobody named', () => {
  it('are all taken where there is time for them', () => {
    const { targets, topology } = cluster(3);
    const { holes, ...taken } = withinBudget(targets, topology, { ...UNNAMED, namespaces: ['a'] });
    expect([taken, holes]).toEqual([{ targets, topology }, []]);
  });

  it("are cut where they are too many, those of the run's namespaces first, and the rest is said", () => {
    const { targets, topology } = cluster(MOST_SERVICES + 5);
    const taken = withinBudget(targets, topology, UNNAMED);
    expect([taken.targets.services.length, taken.targets.hosts.length]).toEqual([MOST_SERVICES, MOST_HOSTS]);
    expect(taken.targets.services[0]?.namespace).toBe('z');
    expect(taken.targets.hosts[0]?.service).toMatch(/^z\//);
    expect(taken.holes.map(({ what, isByChoice }) => [what, isByChoice])).toEqual([
      [`5 of ${MOST_SERVICES + 5} Services`, true],
      [`5 of ${MOST_HOSTS + 5} hosts of Ingress objects`, true],
    ]);
    // Their names are not asked for either.
    expect(taken.topology.services).toHaveLength(MOST_SERVICES);
  });

  it('are never cut where they are named', () => {
    const { targets, topology } = cluster(MOST_SERVICES + 5);
    const { holes, ...taken } = withinBudget(targets, topology, { namespaces: ['z'], services: true, hosts: true });
    expect([taken, holes]).toEqual([{ targets, topology }, []]);
  });
});
