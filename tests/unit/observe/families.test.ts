import { describe, expect, test } from 'vitest';
import { clusterDomain } from '../../../helpers/observe/plans/cluster-domain.ts';
import { unprobedFamilies } from '../../../helpers/observe/plans/unprobed-families.ts';
import type { EndpointInfo, NodeInfo, ServiceInfo, Topology } from '../../../helpers/model/topology.ts';

test.each<[string, string[][], string]>([
  [
    'is the usual one with the usual search list',
    [['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local']],
    'cluster.local',
  ],
  [
    'is what the kubelet was told',
    [['shop.svc.prod.example', 'svc.prod.example', 'prod.example', 'lan']],
    'prod.example',
  ],
  ['is what most nodes were told', [['svc.old'], ['svc.new'], ['svc.new']], 'new'],
  ['is not taken from the search list of the node', [['lan', 'example.com']], 'cluster.local'],
  ['is without the dot of the root', [['svc.prod.example.']], 'prod.example'],
  ['is the usual one where no pod could be asked', [], 'cluster.local'],
])('the domain of a cluster %s', (_title, searchLists, domain) => {
  expect(clusterDomain(searchLists)).toBe(domain);
});

describe('a family that no plan probes', () => {
  const service = (endpoints: Partial<EndpointInfo>[], clusterIps: string[] = []): ServiceInfo => ({
    namespace: 'shop',
    name: 'api',
    type: 'ClusterIP',
    clusterIp: clusterIps[0] ?? '10.43.0.10',
    clusterIps,
    selector: {},
    ports: [],
    endpoints: endpoints.map((each) => ({ ip: '', ports: {}, ready: true, ...each })),
  });
  const topology = (services: ServiceInfo[], podCidrs: string[] = []): Topology => ({
    name: 'test',
    serverVersion: '',
    distribution: 'kubernetes',
    overlay: { kind: 'unknown', source: '' },
    nodes: [{ name: 'a', podCidrs } as NodeInfo],
    services,
    ingresses: [],
    dnsPods: [],
  });

  test.each<[string, Topology, string | undefined]>([
    [
      'is none on a cluster of IPv4',
      topology([service([{ ip: '10.42.0.5', family: 'IPv4' }])], ['10.42.0.0/24']),
      undefined,
    ],
    ['is none for an endpoint that is a name', topology([service([{ ip: 'db.example', family: 'FQDN' }])]), undefined],
    [
      'is named by the Service with such an endpoint',
      topology([service([{ ip: 'fd00::5', family: 'IPv6' }])]),
      'the IPv6 addresses of shop/api',
    ],
    [
      'is named by the Service with such an address',
      topology([service([], ['10.43.0.10', 'fd00::a'])]),
      'the IPv6 addresses of shop/api',
    ],
    ['is named by the range of the pods', topology([], ['10.42.0.0/24', 'fd00::/64']), 'the IPv6 network of the pods'],
  ])('%s', (_title, given, what) => {
    expect(unprobedFamilies({ topology: given, pods: [] }).map((hole) => hole.what)).toEqual(
      what === undefined ? [] : [what],
    );
  });
});
