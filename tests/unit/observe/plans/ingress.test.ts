import { describe, expect, it, test } from 'vitest';
import { ingressEntries, ingressWays, planIngress } from '../../../../helpers/observe/plans/ingress.ts';
import { backendOf } from '../../../../helpers/observe/plans/ingress-backend.ts';
import { runContext, serviceOn, type World } from '../support/run-context.ts';

const host = { host: 'shop.example', path: '/' };
const world = (targets: World['targets']) =>
  runContext({ nodes: 3, service: serviceOn([1]), targets: { hosts: [host], ...targets } });
function waysIn(targets: World['targets'], ingressNodes: string[] = []): string[] {
  const context = world({ ingressNodes, ...targets });
  return ingressEntries(context, ingressWays(context)).map(
    ({ hop, scheme, address, port }) => `${hop} ${scheme} ${address}:${port}`,
  );
}

describe('ways in', () => {
  test.each<[string, World['targets'], string[], string[]]>([
    ['are none where nothing is configured', {}, [], []],
    [
      'are the load balancer, by both protocols',
      { loadBalancer: '198.51.100.1' },
      [],
      ['load-balancer https 198.51.100.1:443', 'load-balancer http 198.51.100.1:80'],
    ],
    [
      'are the ports of the nodes that run the controller, and of no other',
      {},
      ['node-1'],
      ['worker https 192.0.2.2:443', 'worker http 192.0.2.2:80'],
    ],
    [
      "are the controller's NodePort on every node",
      { ingressNodePortHttp: 30080 },
      [],
      ['node-port http 192.0.2.1:30080', 'node-port http 192.0.2.2:30080', 'node-port http 192.0.2.3:30080'],
    ],
  ])('%s', (_, targets, ingressNodes, ways) => {
    expect(waysIn(targets, ingressNodes)).toEqual(ways);
  });
});

describe('a host', () => {
  const ingresses = [
    {
      namespace: 'shop',
      name: 'shop',
      rules: [{ host: 'shop.example', path: '/', service: 'web', servicePort: 80 }],
      tlsHosts: [],
    },
  ];

  it('has the Service behind it that is configured, else the one of the Ingress objects', () => {
    const context = runContext({ nodes: 1, topology: { ingresses } });
    expect(backendOf(context, host).service).toBe('shop/web');
    expect(backendOf(context, { ...host, service: 'shop/other' }).service).toBe('shop/other');
    expect(backendOf(context, { ...host, host: 'else.example' })).toEqual({});
  });

  it.each([
    ['over http alone where its Ingress has no tls', [], ['http']],
    ['over both where tls names it', ['shop.example'], ['https', 'http']],
    ['over both where tls names a wildcard that covers it', ['*.example'], ['https', 'http']],
    ['over both where tls is for every host of the Ingress', [''], ['https', 'http']],
    ['over http alone where tls names another host', ['other.example'], ['http']],
  ])('is asked %s', (_, tlsHosts, schemes) => {
    const context = runContext({
      nodes: 1,
      service: serviceOn([1]),
      topology: { ingresses: [{ ...ingresses[0]!, tlsHosts }] },
      targets: { hosts: [host], loadBalancer: '198.51.100.1' },
    });
    expect(planIngress(context, { references: new Map() }).map(({ asked }) => asked.protocol)).toEqual(schemes);
  });

  it('is asked over https by its name and with the authority that is configured', () => {
    const [probe] = planIngress(world({ loadBalancer: '198.51.100.1' }), {
      ca: 'PEM',
      references: new Map(),
    });
    expect(probe?.specs).toHaveLength(6);
    expect(probe?.specs[0]).toMatchObject({
      host: '198.51.100.1',
      hostHeader: 'shop.example',
      serverName: 'shop.example',
      tls: true,
      ca: 'PEM',
    });
  });
});

describe("an ingress behind K3s' ServiceLB", () => {
  const context = world({
    ingressNodes: ['node-0', 'node-1'],
    ingressHostPorts: { http: 8080 },
    ingressByServiceLb: true,
    ingressPodNodes: ['node-2'],
    ingressNodePortHttp: 31_644,
  });
  const probes = planIngress(context, { references: new Map() });

  it('is asked at the port that its pods hold, and by the scheme of that port alone', () => {
    const workers = probes.filter(({ role }) => role === 'worker');
    expect(workers.map(({ asked, destination }) => [asked.protocol, destination.node, destination.port])).toEqual([
      ['http', 'node-0', 8080],
      ['http', 'node-1', 8080],
    ]);
  });

  it("needs the overlay from each node to the controller's pods, as its NodePort does", () => {
    const crossed = probes.map(({ role, destination, crosses }) => [role, destination.node, crosses.overlay]);
    expect(crossed).toContainEqual(['worker', 'node-0', [['node-0', 'node-2']]]);
    expect(crossed).toContainEqual(['node-port', 'node-2', []]);
    expect(new Set(probes.map(({ crosses }) => String(crosses.servedFrom)))).toEqual(new Set(['node-2']));
  });
});

describe('an ingress whose NodePorts some nodes alone serve', () => {
  it('is asked by them at those nodes', () => {
    const context = world({ ingressNodes: [], ingressNodePortHttp: 30_080, ingressNodePortNodes: ['node-1'] });
    const probes = planIngress(context, { references: new Map() });
    expect(new Set(probes.map(({ role, destination }) => `${role} ${destination.node}`))).toEqual(
      new Set(['node-port node-1']),
    );
  });
});

describe('a host of another class', () => {
  it('is asked at the controller that serves its class, and at no other', () => {
    const other = { nodes: ['node-2'], ports: { http: 8081 }, nodePorts: {} };
    const hosts = [host, { host: 'inner.example', path: '/', ingress: 0 }];
    const context = world({ hosts, ingressNodes: ['node-0'], otherIngresses: [other] });
    const asked = planIngress(context, { references: new Map() })
      .filter((probe) => probe.asked.protocol === 'http')
      .map(({ asked: { host: name }, destination }) => `${name} ${destination.node}:${destination.port}`);
    expect(asked).toEqual(['shop.example node-0:80', 'inner.example node-2:8081']);
  });
});
