import type { V1EndpointSlice, V1Ingress, V1Node, V1Pod, V1PodSpec, V1Service } from '@kubernetes/client-node';
import { describe, expect, it, test } from 'vitest';
import { ingressControllers, type IngressObjects } from '../../../../helpers/cluster/ingress/controllers.ts';

const NODES: V1Node[] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address, index) => ({
  metadata: { name: 'abc'[index] as string },
  status: { addresses: [{ type: 'InternalIP', address }] },
}));

type Ports = { name?: string; containerPort: number; hostPort?: number }[];
const pod = (name: string, node: string, ports: Ports, spec: Partial<V1PodSpec> & { image?: string } = {}): V1Pod => ({
  metadata: { namespace: 'kube-system', name },
  spec: { nodeName: node, ...spec, containers: [{ name: 'main', image: spec.image ?? 'example.com/any:1', ports }] },
  status: { phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0 }] as never },
});

const service = (name: string, spec: V1Service['spec'], addresses: string[] = []): V1Service => ({
  metadata: { namespace: 'kube-system', name },
  spec,
  status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
});

/** Endpoints of a Service: its pods by name, with what each of its named ports is there. */
const slice = (name: string, pods: string[], ports: Record<string, number>): V1EndpointSlice => ({
  metadata: { namespace: 'kube-system', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number })),
  endpoints: pods.map((each, index) => ({ addresses: [`10.42.0.${index + 5}`], targetRef: { name: each } })),
});

const ingress = (className: string, addresses: string[]): V1Ingress => ({
  metadata: { namespace: 'shop', name: className },
  spec: { ingressClassName: className },
  status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
});

const find = (objects: Partial<IngressObjects>) =>
  ingressControllers({ nodes: NODES, services: [], slices: [], ingresses: [], pods: [], ...objects });

const WEB = { web: 8000, websecure: 8443 };
const webOf = (http = 80, https = 443) => [
  { name: 'web', port: http, nodePort: 31_644 },
  { name: 'websecure', port: https, nodePort: 31_466 },
];
const traefikPod = pod(
  'traefik-1',
  'c',
  [
    { name: 'web', containerPort: 8000 },
    { name: 'websecure', containerPort: 8443 },
  ],
  { image: 'rancher/mirrored-library-traefik:3.3.6' },
);

/** A pod of K3s' ServiceLB, as K3s writes it. */
function svclb(node: string, ports: number[], of = 'traefik'): V1Pod {
  const held = ports.map((port) => ({ name: `lb-tcp-${port}`, containerPort: port, hostPort: port }));
  const made = pod(`svclb-${of}-0a1b-${node}`, node, held);
  made.metadata!.labels = {
    'svccontroller.k3s.cattle.io/svcname': of,
    'svccontroller.k3s.cattle.io/svcnamespace': 'kube-system',
  };
  return made;
}

describe("K3s' own ingress: Traefik behind ServiceLB", () => {
  const traefik = service('traefik', { type: 'LoadBalancer', ports: webOf() }, ['10.0.0.1', '10.0.0.2']);
  const objects = { services: [traefik], slices: [slice('traefik', ['traefik-1'], WEB)] };
  const pods = [traefikPod, svclb('a', [80, 443]), svclb('b', [80, 443])];

  it('is reached at the ports that the pods of ServiceLB hold, on their nodes alone', () => {
    const [found, ...others] = find({ ...objects, pods });
    expect(others).toEqual([]);
    expect(found?.hostPorts).toMatchObject({ nodes: ['a', 'b'], ports: { http: 80, https: 443 }, byServiceLb: true });
    expect([found?.service?.name, found?.podNodes]).toEqual(['traefik', ['c']]);
  });

  it('has no load balancer beside the nodes, whose addresses its status has', () => {
    expect(find({ ...objects, pods })[0]?.loadBalancer).toBeUndefined();
  });

  it('is reached at other ports where its Service has others', () => {
    const moved = service('traefik', { type: 'LoadBalancer', ports: webOf(8080, 9443) }, ['10.0.0.1']);
    const [found] = find({ ...objects, services: [moved], pods: [traefikPod, svclb('a', [8080, 9443])] });
    expect(found?.hostPorts).toMatchObject({ nodes: ['a'], ports: { http: 8080, https: 9443 } });
  });

  it('names the pod of ServiceLB that starts again and again, and why', () => {
    const broken = svclb('b', [80, 443]);
    broken.status!.containerStatuses = [
      { name: 'lb-tcp-80', ready: false, restartCount: 12, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ] as never;
    expect(find({ ...objects, pods: [traefikPod, broken] })[0]?.pods).toContainEqual(
      expect.objectContaining({
        node: 'b',
        ready: false,
        restarts: 12,
        container: 'lb-tcp-80',
        waitingReason: 'CrashLoopBackOff',
        serviceLb: 'kube-system/traefik',
      }),
    );
  });

  it('is told from another Service of type LoadBalancer, which has the same addresses', () => {
    const shop = service('shop', { type: 'LoadBalancer', ports: [{ name: 'http', port: 8080 }] }, ['10.0.0.1']);
    const found = find({
      services: [shop, traefik],
      slices: [slice('shop', ['shop-1'], { http: 8080 }), ...objects.slices],
      pods: [...pods, pod('shop-1', 'a', [{ containerPort: 8080 }]), svclb('a', [8080], 'shop')],
      ingresses: [ingress('traefik', ['10.0.0.1', '10.0.0.2'])],
    });
    expect(found.map((each) => each.service?.name)).toEqual(['traefik']);
  });
});

describe('an ingress controller that nobody heard of', () => {
  const ports = [{ name: 'http', port: 80, nodePort: 31_080 }];
  const slices = [slice('edge', ['edge-1'], { http: 9000 })];

  it('is known by the address that the Ingress objects have, which is its load balancer', () => {
    const found = find({
      services: [service('edge', { type: 'LoadBalancer', ports }, ['203.0.113.5'])],
      slices,
      pods: [pod('edge-1', 'a', [])],
      ingresses: [ingress('edge', ['203.0.113.5'])],
    });
    expect(found.map((each) => [each.service?.name, each.loadBalancer])).toEqual([['edge', '203.0.113.5']]);
  });

  it('has a load balancer that is not asked where it lets some addresses in only', () => {
    const spec = { type: 'LoadBalancer', ports, loadBalancerSourceRanges: ['198.51.100.0/24'] };
    const found = find({
      services: [service('edge', spec, ['203.0.113.5'])],
      slices,
      pods: [pod('edge-1', 'a', [])],
      ingresses: [ingress('edge', ['203.0.113.5'])],
    });
    expect(found[0]?.loadBalancer).toBeUndefined();
  });

  test.each<[string, V1Pod, string[]]>([
    ['by a host port', pod('edge-1', 'a', [{ containerPort: 9000, hostPort: 80 }]), ['a']],
    ['in the host network', pod('edge-1', 'a', [{ containerPort: 80 }], { hostNetwork: true }), ['a']],
    ['not by a port of the pod alone', pod('edge-1', 'a', [{ containerPort: 80 }]), []],
    ['not by another port of the host', pod('edge-1', 'a', [{ containerPort: 80, hostPort: 8080 }]), []],
  ])('is known without a Service %s', (_title, given, nodes) => {
    expect(find({ pods: [given] }).flatMap(({ hostPorts }) => hostPorts.nodes)).toEqual(nodes);
  });

  it('is not known while its pod is not running', () => {
    const pending = pod('edge-1', 'a', [{ containerPort: 80, hostPort: 80 }]);
    pending.status = { phase: 'Pending' };
    expect(find({ pods: [pending] })).toEqual([]);
  });

  it('has the Service whose pods hold the ports of nodes', () => {
    const held = pod('edge-1', 'a', [{ containerPort: 80 }], { hostNetwork: true });
    const before = (spec: V1Service['spec']) =>
      find({
        services: [service('edge', spec)],
        slices: [slice('edge', ['edge-1'], { http: 80 })],
        pods: [held],
      }).map((each) => each.service?.name);
    expect(before({ type: 'NodePort', ports })).toEqual(['edge']);
    expect(before({ type: 'NodePort', ports: [{ name: 'metrics', port: 9_090, nodePort: 31_090 }] })).toEqual([
      undefined,
    ]);
  });
});

describe('what is no ingress controller', () => {
  it.each([
    ['ExternalDNS, which is told of a class too', 'registry.k8s.io/external-dns/external-dns:v0.15', 'ClusterIP'],
    ['an application of type NodePort', 'example.com/shop:1', 'NodePort'],
  ])('is %s', (_title, image, type) => {
    const app = pod('app-1', 'a', [{ containerPort: 7979 }], { image });
    app.spec!.containers[0]!.args = type === 'ClusterIP' ? ['--ingress-class=nginx'] : [];
    const services = [service('app', { type, ports: [{ name: 'http', port: 7979, nodePort: 30_079 }] })];
    expect(find({ services, slices: [slice('app', ['app-1'], { http: 7979 })], pods: [app] })).toEqual([]);
  });
});

describe('several ingress controllers', () => {
  it('have the classes that they are told, or that their Ingress objects show', () => {
    const inner = pod('inner-1', 'a', [], { image: 'registry.k8s.io/ingress-nginx/controller:v1.12' });
    inner.spec!.containers[0]!.args = ['--controller-class=k8s.io/internal'];
    const found = find({
      services: [
        service('inner', { type: 'NodePort', ports: webOf() }),
        service('traefik', { type: 'LoadBalancer', ports: webOf() }, ['203.0.113.5']),
      ],
      slices: [slice('inner', ['inner-1'], WEB), slice('traefik', ['traefik-1'], WEB)],
      pods: [inner, traefikPod],
      ingresses: [ingress('public', ['203.0.113.5']), ingress('internal', ['10.0.0.1'])],
      classes: [
        { metadata: { name: 'public' }, spec: { controller: 'traefik.io/ingress-controller' } },
        { metadata: { name: 'internal' }, spec: { controller: 'k8s.io/internal' } },
      ],
    });
    expect(found.map((each) => [each.service?.name, each.classes])).toEqual([
      ['traefik', ['public']],
      ['inner', ['internal']],
    ]);
  });
});
