import type { V1EndpointSlice, V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { dnsPod, nodeInfo, serviceInfo } from '../../../helpers/cluster/read-objects.ts';

const node = (fields: Partial<V1Node>): V1Node => ({ metadata: { name: 'a' }, ...fields });

describe('a node', () => {
  test.each<[string, string[], string]>([
    ['has its IPv4 address probed, wherever it stands', ['fd00::1', '10.0.0.1'], '10.0.0.1'],
    ['of IPv6 alone has that', ['fd00::1'], 'fd00::1'],
    ['without an internal address has none', [], ''],
  ])('%s', (_title, ips, expected) => {
    const addresses = [
      { type: 'Hostname', address: 'a' },
      { type: 'ExternalIP', address: '203.0.113.1' },
      ...ips.map((address) => ({ type: 'InternalIP', address })),
    ];
    expect(nodeInfo(node({ status: { addresses } }))).toMatchObject({ internalIp: expected, ips });
  });

  test('has its ranges for pods of every family', () => {
    expect(nodeInfo(node({ spec: { podCIDRs: ['10.42.0.0/24', 'fd00:42::/64'] } })).podCidrs).toEqual([
      '10.42.0.0/24',
      'fd00:42::/64',
    ]);
  });

  test.each<[string, NonNullable<V1Node['status']>['conditions'], boolean, string | undefined]>([
    ['that is Ready is ready', [{ type: 'Ready', status: 'True' }], true, undefined],
    ['that is not says why', [{ type: 'Ready', status: 'False', message: 'cni missing' }], false, 'cni missing'],
    [
      'whose kubelet is silent is not ready',
      [{ type: 'Ready', status: 'Unknown', message: 'silent' }],
      false,
      'silent',
    ],
    ['without the condition is not ready', [], false, 'no Ready condition'],
  ])('%s', (_title, conditions, ready, notReadyReason) => {
    expect(nodeInfo(node({ status: { conditions } }))).toMatchObject({ ready, notReadyReason });
  });

  test.each(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'])(
    'with the label %s is a server',
    (label) => {
      expect(nodeInfo(node({ metadata: { labels: { [label]: 'true' } } })).role).toBe('server');
      expect(nodeInfo(node({})).role).toBe('agent');
    },
  );

  test('keeps the annotations that say something about the network, and no other', () => {
    const annotations = { 'flannel.alpha.coreos.com/backend-type': 'vxlan', 'example.com/note': 'x' };
    expect(Object.keys(nodeInfo(node({ metadata: { annotations } })).annotations)).toEqual([
      'flannel.alpha.coreos.com/backend-type',
    ]);
  });
});

const service = (spec: V1Service['spec'] = {}): V1Service => ({ metadata: { namespace: 'shop', name: 'api' }, spec });
const slice = (
  addressType: string,
  addresses: string[],
  { name = 'api', namespace = 'shop', pod = 'api-1', ready = true } = {},
): V1EndpointSlice => ({
  metadata: { namespace, labels: { 'kubernetes.io/service-name': name } },
  addressType,
  ports: [{ name: 'http', port: 8080 }],
  endpoints: addresses.map((address) => ({
    addresses: [address],
    nodeName: 'a',
    targetRef: { name: pod },
    conditions: { ready },
  })),
});

describe('a Service', () => {
  test('of two families has the endpoints and the addresses of both, and IPv4 to be probed', () => {
    const spec = {
      clusterIP: 'fd00:43::a',
      clusterIPs: ['fd00:43::a', '10.43.0.10'],
      ipFamilies: ['IPv6', 'IPv4'],
    };
    const read = serviceInfo(service(spec), [slice('IPv6', ['fd00:42::5']), slice('IPv4', ['10.42.0.5'])]);
    expect(read).toMatchObject({
      clusterIp: '10.43.0.10',
      clusterIps: ['fd00:43::a', '10.43.0.10'],
      ipFamilies: ['IPv6', 'IPv4'],
    });
    expect(read.endpoints.map(({ ip, family, pod }) => [ip, family, pod])).toEqual([
      ['10.42.0.5', 'IPv4', 'api-1'],
      ['fd00:42::5', 'IPv6', 'api-1'],
    ]);
  });

  test('of IPv6 alone has its endpoints', () => {
    const spec = { clusterIP: 'fd00:43::a', clusterIPs: ['fd00:43::a'], ipFamilies: ['IPv6'] };
    const read = serviceInfo(service(spec), [slice('IPv6', ['fd00:42::5'])]);
    expect([read.clusterIp, read.endpoints.length]).toEqual(['fd00:43::a', 1]);
  });

  test('that is headless has no address of its own', () => {
    expect(serviceInfo(service({ clusterIP: 'None', clusterIPs: ['None'] }), [])).toMatchObject({
      clusterIp: 'None',
      clusterIps: [],
    });
  });

  test('has no pod where an endpoint is a node, as operators list kubelets', () => {
    const listed: V1EndpointSlice = {
      metadata: { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'kubelet' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], targetRef: { kind: 'Node', name: 'a' } }],
    };
    const kubelets: V1Service = { metadata: { namespace: 'shop', name: 'kubelet' }, spec: { clusterIP: 'None' } };
    expect(serviceInfo(kubelets, [listed]).endpoints[0]?.pod).toBeUndefined();
  });

  test('has the endpoints of its own slices alone', () => {
    const slices = [
      slice('IPv4', ['10.42.0.6'], { name: 'other' }),
      slice('IPv4', ['10.42.0.7'], { namespace: 'other' }),
      slice('IPv4', ['10.42.0.5'], { ready: false }),
    ];
    expect(serviceInfo(service(), slices).endpoints).toEqual([
      { ip: '10.42.0.5', family: 'IPv4', ports: { http: 8080 }, node: 'a', pod: 'api-1', ready: false },
    ]);
  });

  test('whose endpoints say nothing of being ready has ready ones, as kube-proxy takes them', () => {
    const [silent] = [slice('IPv4', ['10.42.0.5'])];
    delete silent.endpoints?.[0]?.conditions;
    expect(serviceInfo(service(), [silent]).endpoints[0]?.ready).toBe(true);
  });

  test('has its endpoints as kube-proxy takes them: ready, serving, about to go', () => {
    const [given] = [slice('IPv4', ['10.42.0.5', '10.42.0.6', '10.42.0.7'])];
    const conditions = [
      { ready: true, serving: true, terminating: false },
      { ready: true, serving: false, terminating: false },
      { ready: false, serving: true, terminating: true },
    ];
    for (const [index, each] of (given.endpoints ?? []).entries()) each.conditions = conditions[index];
    const read = serviceInfo(service(), [given]).endpoints;
    expect(read.map(({ ready, serving, terminating }) => [ready, serving, terminating])).toEqual([
      [true, undefined, undefined],
      [true, false, undefined],
      [false, true, true],
    ]);
  });

  test.each<[string, V1Service['spec'], V1Service['status'], object]>([
    [
      'an ExternalName has the name that it leads to',
      { type: 'ExternalName', externalName: 'db.example' },
      {},
      { externalName: 'db.example' },
    ],
    ['one that waits for a load balancer has no address of it', { type: 'LoadBalancer' }, {}, { loadBalancer: [] }],
    [
      'one with a load balancer has its addresses, and whom it lets in',
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] },
      { loadBalancer: { ingress: [{ ip: '10.0.0.5' }, { hostname: 'lb.example' }] } },
      { loadBalancer: ['10.0.0.5', 'lb.example'], sourceRanges: ['198.51.100.0/24'] },
    ],
    [
      'one whose unready pods count says so',
      { publishNotReadyAddresses: true },
      {},
      { publishNotReadyAddresses: true },
    ],
  ])('%s', (_title, spec, status, expected) => {
    const { metadata } = service();
    expect(serviceInfo({ metadata, spec, status }, [])).toMatchObject(expected);
  });

  test('without a target port leads to its own', () => {
    const { ports } = serviceInfo(
      service({ ports: [{ port: 80 }, { port: 53, protocol: 'UDP', targetPort: 'dns' }] }),
      [],
    );
    expect(ports.map(({ protocol, targetPort }) => [protocol, targetPort])).toEqual([
      ['TCP', '80'],
      ['UDP', 'dns'],
    ]);
  });
});

test('a CoreDNS pod of two families is probed by its IPv4 address', () => {
  const pod: V1Pod = { status: { podIP: 'fd00:42::5', podIPs: [{ ip: 'fd00:42::5' }, { ip: '10.42.0.5' }] } };
  expect(dnsPod(pod).ip).toBe('10.42.0.5');
});
