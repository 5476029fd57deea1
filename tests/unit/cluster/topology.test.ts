import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreignNodes } from '../../../helpers/cluster/foreign-nodes.ts';
import { readTopology, topologyOf, type ClusterObjects } from '../../../helpers/cluster/topology.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const NOTHING: ClusterObjects = { nodes: [], services: [], slices: [], ingresses: [], pods: [], pools: [] };
const QUERY = { namespaces: ['shop'], name: 'test', serverVersion: 'v1.34.4' };
const of = (objects: Partial<ClusterObjects>) => topologyOf({ ...NOTHING, ...objects }, QUERY);

describe('what a run knows of a cluster', () => {
  test.each<[string, Partial<ClusterObjects>, string]>([
    ['k3s by the kubelets', { nodes: [{ status: { nodeInfo: { kubeletVersion: 'v1.34.4+k3s1' } as never } }] }, 'k3s'],
    ['k3s by its annotation', { nodes: [{ metadata: { annotations: { 'k3s.io/node-args': '[]' } } }] }, 'k3s'],
    [
      'Kubernetes otherwise',
      { nodes: [{ status: { nodeInfo: { kubeletVersion: 'v1.34.4' } as never } }] },
      'kubernetes',
    ],
  ])('is that it is %s', (_title, objects, distribution) => {
    expect(of(objects).distribution).toBe(distribution);
  });

  test.each<[string, { labels?: Record<string, string>; annotations?: Record<string, string> }, string?]>([
    ['Windows by its label', { labels: { 'kubernetes.io/os': 'windows' } }],
    ['Windows by its system', {}, 'windows'],
    ['of Virtual Kubelet', { labels: { type: 'virtual-kubelet' } }],
    ['of Fargate', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }],
    ['of KWOK', { annotations: { 'kwok.x-k8s.io/node': 'fake' } }],
  ])('is not a node %s, on which no probe can stand', (_title, { labels, annotations }, operatingSystem) => {
    const info = { nodeInfo: { operatingSystem } as never };
    const foreign = { metadata: { name: 'other', labels, annotations }, status: info };
    const linux = { metadata: { name: 'linux', labels: { 'kubernetes.io/os': 'linux' } } };
    expect(of({ nodes: [foreign, linux] }).nodes.map(({ name }) => name)).toEqual(['linux']);
    expect(foreignNodes([foreign, linux]).map(({ name }) => name)).toEqual(['other']);
  });

  test('is the Services and Ingress objects of the namespaces in question, and the DNS Service', () => {
    const services = [
      { metadata: { namespace: 'shop', name: 'api' } },
      { metadata: { namespace: 'other', name: 'api' } },
      { metadata: { namespace: 'kube-system', name: 'dns', labels: { 'k8s-app': 'kube-dns' } } },
    ];
    const ingresses = [
      { metadata: { namespace: 'shop', name: 'in' } },
      { metadata: { namespace: 'other', name: 'out' } },
    ];
    const read = of({ services, ingresses });
    expect([read.services.map(({ name }) => name), read.ingresses.map(({ name }) => name), read.dns?.name]).toEqual([
      ['api'],
      ['in'],
      'dns',
    ]);
  });

  test('is the CoreDNS pods that have not ended', () => {
    const metadata = (name: string) => ({ namespace: 'kube-system', name, labels: { 'k8s-app': 'kube-dns' } });
    const pods = [
      { metadata: metadata('running'), status: { phase: 'Running' } },
      { metadata: metadata('evicted'), status: { phase: 'Failed' } },
      { metadata: { namespace: 'shop', name: 'api' }, status: { phase: 'Running' } },
    ];
    expect(of({ pods }).dnsPods.map(({ name }) => name)).toEqual(['running']);
  });
});

describe('reading a cluster', () => {
  const answering = (calico: Answer, nodes: unknown[] = []) =>
    bench.serve(({ path }): Answer => {
      if (path === '/version') return VERSION;
      if (path.includes('projectcalico')) return calico;
      return { status: 200, body: { items: path.startsWith('/api/v1/nodes') ? nodes : [] } };
    });
  const NO_CALICO = status(404, 'NotFound', 'the server could not find the requested resource');

  test('takes one request a kind, and asks for no pod that has ended', async () => {
    const server = await answering(NO_CALICO);
    const client = await bench.connect(server);
    await readTopology(client, { namespaces: [] });
    expect(server.requests.slice(1).map(decodeURIComponent).toSorted()).toEqual([
      'GET /api/v1/nodes?limit=500',
      'GET /api/v1/pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&limit=500',
      'GET /api/v1/services?limit=500',
      'GET /apis/cilium.io/v2/ciliumclusterwidenetworkpolicies',
      'GET /apis/cilium.io/v2/ciliumnetworkpolicies',
      'GET /apis/crd.projectcalico.org/v1/globalnetworkpolicies',
      'GET /apis/crd.projectcalico.org/v1/ippools',
      'GET /apis/crd.projectcalico.org/v1/networkpolicies',
      'GET /apis/discovery.k8s.io/v1/endpointslices?limit=500',
      'GET /apis/gateway.networking.k8s.io/v1/httproutes',
      'GET /apis/networking.k8s.io/v1/ingressclasses?limit=500',
      'GET /apis/networking.k8s.io/v1/ingresses?limit=500',
      'GET /apis/networking.k8s.io/v1/networkpolicies?limit=500',
      'GET /apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies',
      'GET /apis/policy.networking.k8s.io/v1alpha1/baselineadminnetworkpolicies',
    ]);
  });

  test('does not need the right to read pools of Calico', async () => {
    const server = await answering(status(403, 'Forbidden', 'ippools is forbidden'));
    const { topology } = await readTopology(await bench.connect(server), { namespaces: [] });
    expect(topology.overlay.kind).toBe('unknown');
  });

  test('is not ended by a malformed annotation of flannel: it is no trouble of the API server', async () => {
    const annotations = {
      'flannel.alpha.coreos.com/backend-type': 'vxlan',
      'flannel.alpha.coreos.com/backend-data': '{"VNI":',
    };
    const server = await answering(NO_CALICO, [{ metadata: { name: 'a', annotations } }]);
    const { topology } = await readTopology(await bench.connect(server), { namespaces: [] });
    expect([topology.nodes.map(({ name }) => name), topology.overlay.kind]).toEqual([['a'], 'flannel-vxlan']);
  });
});
