import type { V1EndpointSlice, V1Node, V1Service } from '@kubernetes/client-node';
import { describe, expect, it, test } from 'vitest';
import type { Gateway, HttpRoute, Listener } from '../../../../helpers/cluster/ingress/gateway-objects.ts';
import { gatewaysOf } from '../../../../helpers/cluster/ingress/gateways.ts';

const NODES: V1Node[] = [
  { metadata: { name: 'a' }, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } },
];
const gateway = (listeners: Listener[], address: string): Gateway => ({
  metadata: { namespace: 'infra', name: 'edge' },
  spec: { listeners },
  status: { addresses: [{ value: address }] },
});
const HTTP: Listener = { name: 'web', port: 80, protocol: 'HTTP' };
const HTTPS: Listener = { name: 'websecure', port: 443, protocol: 'HTTPS', hostname: '*.example' };
const TLS: Listener = { name: 'raw', port: 9443, protocol: 'TLS' };

type Rule = NonNullable<NonNullable<HttpRoute['spec']>['rules']>[number];
const TO_WEB: Rule = { backendRefs: [{ name: 'web', port: 80 }] };
const route = (hostnames: string[], rules: Rule[] = [TO_WEB], parent: object = {}): HttpRoute => ({
  metadata: { namespace: 'shop', name: 'web' },
  spec: { parentRefs: [{ namespace: 'infra', name: 'edge', ...parent }], hostnames, rules },
});

const of = (
  routes: HttpRoute[],
  edge = gateway([HTTP, HTTPS, TLS], '203.0.113.5'),
  around: { services?: V1Service[]; slices?: V1EndpointSlice[] } = {},
) => gatewaysOf({ gateways: [edge], routes }, { nodes: NODES, services: [], slices: [], ...around });
const hosts = (...given: Parameters<typeof of>) =>
  of(...given).ingresses.flatMap(({ rules }) => rules.map(({ host, path }) => `${host}${path}`));

describe('a route of the Gateway API', () => {
  it('is read as an Ingress of its Gateway, with TLS where a listener for https has its host', () => {
    expect(of([route(['shop.example', 'plain.test'])]).ingresses).toEqual([
      expect.objectContaining({ namespace: 'shop', name: 'web', gateway: 'infra/edge', tlsHosts: ['shop.example'] }),
    ]);
  });

  test.each<[string, HttpRoute, string[]]>([
    ['has its own hosts', route(['shop.example']), ['shop.example/']],
    ["has its listener's host where it names none", route([], [TO_WEB], { sectionName: 'websecure' }), ['*.example/']],
    ["has the narrower of its own and its listener's", route(['*.example'], [TO_WEB]), ['*.example/']],
    ['has no host that its listener does not take', route(['else.test'], [TO_WEB], { sectionName: 'websecure' }), []],
    ['of a listener that passes TLS on is not asked by http', route([], [TO_WEB], { port: 9443 }), []],
    ['of another Gateway is not asked here', route(['shop.example'], [TO_WEB], { name: 'inner' }), []],
    [
      'is asked by the paths that a plain request has',
      route(
        ['shop.example'],
        [
          { ...TO_WEB, matches: [{ path: { type: 'Exact', value: '/a' } }, { method: 'POST' }, { headers: [{}] }] },
          { backendRefs: [{ name: 'next', weight: 0 }] },
          { matches: [{ path: { value: '/moved' } }] },
        ],
      ),
      ['shop.example/a'],
    ],
  ])('%s', (_title, given, expected) => {
    expect(hosts([given])).toEqual(expected);
  });
});

describe('the ways in to a Gateway', () => {
  const ways = (...given: Parameters<typeof of>) => of(...given).gateways[0]?.ways;

  it("are its address at its listeners' ports", () => {
    expect(ways([route(['shop.example'])])).toMatchObject({
      loadBalancer: { address: '203.0.113.5', http: 80, https: 443 },
      nodes: [],
    });
  });

  it('are nodes where it has their addresses', () => {
    expect(ways([route(['shop.example'])], gateway([HTTP], '10.0.0.1'))).toMatchObject({
      nodes: ['a'],
      ports: { http: 80, https: undefined },
    });
  });

  it("are the ports of the Service before it where its listeners have those of Traefik's pods", () => {
    const services: V1Service[] = [
      {
        metadata: { namespace: 'kube-system', name: 'traefik' },
        spec: { type: 'LoadBalancer', ports: [{ name: 'web', port: 80, nodePort: 31_644 }] },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      },
    ];
    const slices: V1EndpointSlice[] = [
      {
        metadata: { namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'traefik' } },
        addressType: 'IPv4',
        ports: [{ name: 'web', port: 8000 }],
        endpoints: [{ addresses: ['10.42.0.5'] }],
      },
    ];
    const listeners = [{ ...HTTP, port: 8000 }];
    expect(ways([route(['shop.example'])], gateway(listeners, '10.0.0.1'), { services, slices })).toMatchObject({
      ports: { http: 80 },
      nodePorts: { http: 31_644 },
    });
  });

  it('are none where no route is attached to it', () => {
    expect(of([]).gateways).toEqual([]);
  });
});
