import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { IngressController } from '../../../helpers/cluster/ingress/controllers.ts';
import { nodeInfo } from '../../../helpers/cluster/read-objects.ts';
import { readTopology, type ReadTopology } from '../../../helpers/cluster/topology.ts';
import { loadConfig } from '../../../helpers/config/load.ts';
import type { IngressInfo, ServiceInfo } from '../../../helpers/model/topology.ts';
import { discoverTargets } from '../../../helpers/run/discover-targets.ts';
import { ApiBench } from '../cluster/client.ts';
import { VERSION } from '../cluster/fake-api.ts';

const service = (name: string, over: Partial<ServiceInfo> = {}): ServiceInfo => ({
  namespace: 'shop',
  name,
  type: 'ClusterIP',
  clusterIp: '10.43.0.9',
  selector: {},
  ports: [{ name: 'http', protocol: 'TCP', port: 8080, targetPort: '8080' }],
  endpoints: [],
  ...over,
});
const ingress = (host: string): IngressInfo => ({
  namespace: 'shop',
  name: 'shop',
  rules: [{ host, path: '/', service: 'web', servicePort: 80 }],
  tlsHosts: [],
});
const traefik = service('traefik', {
  namespace: 'kube-system',
  ports: [
    { name: 'web', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30080 },
    { name: 'websecure', protocol: 'TCP', port: 443, targetPort: 'websecure', nodePort: 30443 },
  ],
});

const CONTROLLER: IngressController = {
  hostPorts: { nodes: ['a'], ports: { http: 80, https: 443 }, holders: [] },
  pods: [],
};

function cluster(over: Partial<ReadTopology['topology']> = {}, read: Partial<ReadTopology> = {}): ReadTopology {
  return {
    pods: [],
    controllers: [CONTROLLER],
    foreignNodes: [],
    nodes: [],
    topology: {
      name: 'test',
      serverVersion: 'v1.34.4',
      distribution: 'k3s',
      overlay: { kind: 'unknown', source: 'nothing' },
      nodes: [nodeInfo({ metadata: { name: 'a' } })],
      services: [service('web')],
      ingresses: [],
      dnsPods: [],
      ...over,
    },
    ...read,
  };
}

const configured = (env: Record<string, string>) => loadConfig({ env, cwd: '/', envFile: '/dev/null' });
const discover = (read: ReadTopology, env: Record<string, string> = {}) =>
  discoverTargets(configured({ NETWRIGHT_NAMESPACE: 'shop', ...env }), read);

describe('the nodes that run the ingress', () => {
  test.each<[string, Record<string, string>, ReadTopology, string[]]>([
    ['are those whose host ports a pod holds', {}, cluster(), ['a']],
    ['are those that are named', { NETWRIGHT_INGRESS_NODES: 'b,c' }, cluster(), ['b', 'c']],
    [
      'are those that the API server selects by the label that is configured',
      { NETWRIGHT_INGRESS_NODES: 'node-role.kubernetes.io/worker=true' },
      cluster({}, { selectedNodes: ['b'] }),
      ['b'],
    ],
    [
      'are none where no node has the label that is configured, whatever is discovered',
      { NETWRIGHT_INGRESS_NODES: 'role=edge' },
      cluster({}, { selectedNodes: [] }),
      [],
    ],
  ])('%s', (_, env, read, nodes) => {
    expect(discover(read, env).ingressNodes).toEqual(nodes);
  });
});

describe('a port of a Service', () => {
  const named = (name: string | undefined, port: number, protocol: 'TCP' | 'UDP' = 'TCP') =>
    cluster({ services: [service('web', { ports: [{ name, protocol, port, targetPort: 'x' }] })] });
  test.each<[string, ReadTopology, number | undefined]>([
    ['named http speaks HTTP', named('http', 8080), 8080],
    ['named web-admin speaks HTTP', named('web-admin', 9000), 9000],
    ['80 speaks HTTP without a name', named(undefined, 80), 80],
    ['named httpd is not known to speak HTTP', named('httpd', 9000), undefined],
    ['443 is not known to speak HTTP', named('https', 443), undefined],
    ['of UDP never speaks HTTP', named('http', 80, 'UDP'), undefined],
  ])('%s', (_, read, port) => {
    expect(discover(read).services[0]?.httpPort).toBe(port);
  });
});

describe('targets', () => {
  it('are all Services with an address of their own where none is named', () => {
    const read = cluster({
      services: [service('web'), service('elsewhere', { type: 'ExternalName' }), service('bare', { clusterIp: '' })],
    });
    expect(discover(read).services.map(({ name }) => name)).toEqual(['web']);
  });

  it('that are named and not there are an error that says which are', () => {
    expect(() => discover(cluster(), { NETWRIGHT_SERVICES: 'web,shop/wbe' })).toThrow(
      'the cluster has no Service shop/wbe',
    );
  });

  it('have the hosts of the Ingress objects, a made-up one under a wildcard and for every host', () => {
    const ingresses = [ingress('shop.example'), ingress('*.example'), ingress('')];
    expect(discover(cluster({ ingresses })).hosts).toEqual([
      { host: 'shop.example', path: expect.any(String) as string, service: 'shop/web' },
      { host: 'netwright-probe.example', path: expect.any(String) as string, service: 'shop/web' },
      { host: 'netwright.invalid', path: expect.any(String) as string, service: 'shop/web' },
    ]);
  });

  it.each([
    ['/', 'Prefix', '/health'],
    ['/health', 'Prefix', '/health'],
    ['/api', 'Prefix', '/api'],
    ['/', 'Exact', '/'],
    ['/api(/|$)(.*)', 'ImplementationSpecific', '/api'],
    ['/*', 'ImplementationSpecific', '/health'],
  ] as const)('ask the path that an Ingress routes: where it is %s (%s), %s', (path, pathType, asked) => {
    const [rule] = ingress('shop.example').rules;
    const ingresses = [{ ...ingress('shop.example'), rules: [{ ...rule!, path, pathType }] }];
    expect(discover(cluster({ ingresses })).hosts.map((host) => host.path)).toEqual([asked]);
  });

  it('have the NodePorts of the ingress controller, where none is configured', () => {
    const read = cluster({}, { controllers: [{ ...CONTROLLER, service: traefik }] });
    const ports = (env: Record<string, string> = {}) => {
      const { ingressNodePortHttp, ingressNodePortHttps } = discover(read, env);
      return [ingressNodePortHttp, ingressNodePortHttps];
    };
    expect(ports()).toEqual([30080, 30443]);
    expect(ports({ NETWRIGHT_INGRESS_NODEPORT_HTTP: '31080' })).toEqual([31080, 30443]);
  });
});

describe('the NodePorts of an ingress with externalTrafficPolicy Local', () => {
  const endpoint = { ip: '10.42.0.9', ports: {}, node: 'a', ready: true };
  const nodes = (endpoints: (typeof endpoint)[], env: Record<string, string> = {}) => {
    const local = { ...traefik, externalTrafficPolicy: 'Local' as const, endpoints };
    return discover(cluster({}, { controllers: [{ ...CONTROLLER, service: local }] }), env).ingressNodePortNodes;
  };

  it('are asked at the nodes of its pods alone, unless somebody names the ports, or there are no pods', () => {
    expect(nodes([endpoint])).toEqual(['a']);
    expect(nodes([endpoint], { NETWRIGHT_INGRESS_NODEPORT_HTTP: '30080' })).toBeUndefined();
    expect(nodes([])).toBeUndefined();
  });
});

describe('nodes that are selected by label', () => {
  let bench: ApiBench;
  beforeAll(() => {
    bench = new ApiBench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it('are asked of the API server, which alone knows the language of selectors', async () => {
    const server = await bench.serve(({ path }) => {
      if (path === '/version') return VERSION;
      const { pathname, searchParams } = new URL(path, 'https://api');
      const nodes = searchParams.has('labelSelector') ? ['b'] : ['a', 'b'];
      const items = pathname === '/api/v1/nodes' ? nodes.map((name) => ({ metadata: { name } })) : [];
      return { status: 200, body: { items } };
    });
    const read = await readTopology(await bench.connect(server), { namespaces: [], nodeSelector: 'edge in (true)' });
    expect([read.selectedNodes, read.topology.nodes.map(({ name }) => name)]).toEqual([['b'], ['a', 'b']]);
    const asked = server.requests.map((request) => new URL(request.slice('GET '.length), 'https://api').searchParams);
    expect(asked.map((query) => query.get('labelSelector'))).toContain('edge in (true)');
  });
});

describe('several ingress controllers', () => {
  const other = { ...CONTROLLER, hostPorts: { nodes: ['b'], ports: { http: 8081 }, holders: [] } };
  const of = (className: string | undefined, classes: string[][]) => {
    const controllers = [CONTROLLER, other].map((each, index) => ({ ...each, classes: classes[index] }));
    return discover(cluster({ ingresses: [{ ...ingress('shop.example'), className }] }, { controllers })).hosts[0]
      ?.ingress;
  };

  it('have each the hosts of their classes; what nobody claims is the one’s of which nothing is known', () => {
    expect(of('inner', [['public'], ['inner']])).toBe(0);
    expect(of('public', [['public'], ['inner']])).toBeUndefined();
    expect(of('else', [['public'], ['inner']])).toBeUndefined();
    expect(of(undefined, [['public']])).toBe(0);
  });
});

describe('the load balancer', () => {
  const balanced = cluster(
    {},
    { controllers: [{ ...CONTROLLER, service: { ...traefik, type: 'LoadBalancer' }, loadBalancer: '203.0.113.5' }] },
  );

  it('is the address of the Service of the ingress where none is configured', () => {
    expect(discover(balanced)).toMatchObject({
      loadBalancer: '203.0.113.5',
      ingressHttpPort: 80,
      ingressHttpsPort: 443,
    });
    expect(discover(balanced, { NETWRIGHT_LOAD_BALANCER: '203.0.113.9' }).loadBalancer).toBe('203.0.113.9');
  });
});

describe('a host of the Gateway API', () => {
  it('is asked by the ways in to its Gateway', () => {
    const ways = { nodes: [], ports: {}, nodePorts: {}, loadBalancer: { address: '203.0.113.7', http: 80 } };
    const gateways = [{ name: 'infra/edge', ways }];
    const ingresses = [{ ...ingress('route.example'), gateway: 'infra/edge' }, ingress('shop.example')];
    for (const controllers of [[CONTROLLER], []]) {
      const { hosts, otherIngresses } = discover(cluster({ ingresses }, { controllers, gateways }));
      expect(hosts.map((each) => each.ingress)).toEqual([0, undefined]);
      expect(otherIngresses).toEqual([ways]);
    }
  });
});
