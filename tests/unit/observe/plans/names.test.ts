import { describe, expect, it } from 'vitest';
import { planNames } from '../../../../helpers/observe/plans/names.ts';
import { dnsPodOn, dnsService, rolesOf, runContext, serviceOn } from '../support/run-context.ts';

const topology = { dns: dnsService, dnsPods: [dnsPodOn(0), dnsPodOn(1)] };
const plan = (more: Partial<Parameters<typeof runContext>[0]> = {}) =>
  planNames(runContext({ nodes: 3, service: serviceOn([1]), topology, ...more }), 'cluster.local');

describe('names', () => {
  it('are asked of the DNS Service and of each replica, over UDP and TCP, from both networks of every node', () => {
    const askers = 3 * 2;
    const transports = 2;
    expect(rolesOf(plan())).toEqual({
      'service-name': askers * transports,
      'service-srv': askers * transports,
      'replica-name': askers * transports * 2,
      'replica-srv': askers * transports * 2,
      'resolver-short-name': 3,
    });
  });

  it('outside of the cluster are asked for where one is configured', () => {
    const external = rolesOf(plan({ externalName: 'example.com' }));
    expect([external['service-external-name'], external['replica-external-name']]).toEqual([12, 24]);
  });

  it('are asked for twice over UDP, where a datagram may be lost, and once over TCP', () => {
    const specs = new Set(plan().map(({ asked, specs: each, kind }) => `${kind} ${asked.protocol} ${each.length}`));
    expect(specs).toEqual(new Set(['dns udp 2', 'dns tcp 1', 'resolve udp 1']));
  });

  it('cross the rules of the asking node by the Service, and the overlay to a replica on another node', () => {
    const from = plan().filter(({ source }) => source.node === 'node-2' && source.network === 'pod');
    const crossed = (role: string) => from.find((probe) => probe.role === role)?.crosses;
    expect(crossed('service-name')).toMatchObject({ translation: ['node-2'], dns: true });
    expect(crossed('replica-name')).toMatchObject({ overlay: [['node-2', 'node-0']], replica: 'coredns-0' });
  });

  it('are asked of no server where the cluster has no DNS Service', () => {
    expect(Object.keys(rolesOf(plan({ topology: {} })))).toEqual(['resolver-short-name']);
  });
});
