import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import type { ServiceInfo } from '../../../helpers/model/topology.ts';
import { planControls } from '../../../helpers/observe/overlay/bursts/controls.ts';
import { planKubelets } from '../../../helpers/observe/overlay/bursts/kubelets.ts';
import type { Planned } from '../../../helpers/observe/planned-probe.ts';
import { planHostEgress, planPodEgress } from '../../../helpers/observe/plans/egress.ts';
import { planIngress } from '../../../helpers/observe/plans/ingress.ts';
import { planNames } from '../../../helpers/observe/plans/names.ts';
import { planNodePorts } from '../../../helpers/observe/plans/node-ports.ts';
import { planPodMesh } from '../../../helpers/observe/plans/pod-mesh.ts';
import { planClusterIps, planEndpoints } from '../../../helpers/observe/plans/services.ts';
import { observationOfVersion1, upgrade } from '../../../helpers/report/version-1/upgrade.ts';

const api: ServiceInfo = {
  namespace: 'shop',
  name: 'api',
  type: 'NodePort',
  clusterIp: '10.43.0.7',
  selector: {},
  ports: [{ protocol: 'TCP', port: 80, targetPort: '8080', nodePort: 30_080 }],
  endpoints: [{ ip: '10.42.2.9', ports: { '': 8080 }, node: 'b', pod: 'api-1', ready: true }],
};
const dns: ServiceInfo = { ...api, namespace: 'kube-system', name: 'kube-dns', clusterIp: '10.43.0.10' };
const nodes = ['a', 'b'].map((name, index) => ({
  name,
  internalIp: `10.0.0.${index + 1}`,
  podCidrs: [`10.42.${index + 1}.0/24`],
  annotations: {},
}));
// What the plans read of a run of two nodes; the rest of it is of no account to them.
const context = {
  kubeconfig: { kind: 'files', paths: [] },
  settings: { timeoutMs: 1_000, serviceAttempts: 2, udpAttempts: 10, fullMeshNodes: 10 },
  topology: {
    overlay: { kind: 'flannel-vxlan', source: '' },
    nodes,
    services: [api],
    ingresses: [],
    dns,
    dnsPods: [{ name: 'coredns-1', node: 'b', ip: '10.42.2.3' }],
  },
  targets: {
    services: [{ namespace: 'shop', name: 'api', httpPort: 80, healthPath: '/', identity: { kind: 'json-service' } }],
    hosts: [{ host: 'shop.example', path: '/', service: 'shop/api' }],
    ingressNodes: ['b'],
    loadBalancer: '10.0.0.9',
    ingressHttpPort: 80,
    ingressNodePortHttp: 31_080,
  },
  externalName: 'example.com',
  pods: nodes.flatMap(({ name, internalIp }, index) => [
    { node: name, network: 'pod', namespace: 'n', pod: `p-${name}`, ip: `10.42.${index + 1}.2` },
    { node: name, network: 'host', namespace: 'n', pod: `h-${name}`, ip: internalIp },
  ]),
  agent: { ports: { podTcp: 1, podUdp: 2, hostTcp: 3, hostUdp: 4 } },
} as unknown as RunContext;

const resolvers = new Map(nodes.map(({ name }) => [name, ['9.9.9.9']]));
const answered = new Set(nodes.flatMap(({ name }) => [`${name} 9.9.9.9 udp`, `${name} 9.9.9.9 tcp`]));
const none = new Map();

const planned: readonly Planned[] = [
  ...planPodMesh(context, { podBytes: 1450, hostBytes: 1500 }),
  ...planClusterIps(context, none),
  ...planEndpoints(context, none),
  ...planNodePorts(context, none),
  ...planNames(context, 'cluster.local'),
  ...planHostEgress(context, resolvers),
  ...planPodEgress(context, resolvers, answered),
  ...planIngress(context, { references: none }),
  ...planControls(
    context,
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    new Map(),
  ),
  ...planKubelets(context),
];

/** The first probe of a role from node a, or from the runner. */
const crossesOf = (role: Planned['role'], network?: 'pod' | 'host') =>
  planned.find(
    ({ role: each, source }) =>
      each === role && (source.node ?? 'a') === 'a' && (network === undefined || source.network === network),
  )?.crosses;

describe('a plan says that', () => {
  it.each<[claim: string, crosses: ReturnType<typeof crossesOf>, expected: object]>([
    [
      'an echo to a tunnel address is carried by the overlay',
      crossesOf('tunnel-echo'),
      { underlay: [['a', 'b']], overlay: [['a', 'b']], size: 'small' },
    ],
    ['a control goes under the overlay alone', crossesOf('control-tcp'), { underlay: [['a', 'b']], size: 'small' }],
    [
      'a ClusterIP is translated by the asking node, from which its pods are reached',
      crossesOf('service', 'pod'),
      { pods: ['a'], translation: ['a'], service: 'shop/api', servedFrom: ['a'], size: 'mixed' },
    ],
    [
      'a NodePort is translated by the node that is asked',
      crossesOf('from-node'),
      { underlay: [['a', 'b']], translation: ['b'], service: 'shop/api', servedFrom: ['b'], size: 'mixed' },
    ],
    [
      'a host by the NodePort of a node may be served by every ingress controller',
      crossesOf('node-port'),
      {
        translation: ['a'],
        servedFrom: 'ingress',
        entry: 'a',
        service: 'shop/api',
        host: 'shop.example',
        size: 'mixed',
      },
    ],
    [
      'a replica of the cluster’s DNS is asked by its own address',
      crossesOf('replica-name', 'host'),
      { underlay: [['a', 'b']], overlay: [['a', 'b']], pods: ['b'], replica: 'coredns-1', size: 'small' },
    ],
    [
      'a resolver outside of the cluster needs nothing of it but the way out',
      crossesOf('upstream-external-name', 'pod'),
      { pods: ['a'], external: true, size: 'small' },
    ],
  ])('%s', (_, crosses, expected) => {
    expect(crosses).toEqual(expected);
  });
});

describe('what a planned probe crosses', () => {
  const facts = nodes.map(({ name }) => ({
    v: 1,
    type: 'fact',
    id: name,
    at: '',
    source: 'kubernetes',
    node: name,
    key: 'node',
    value: {},
  }));

  it.each([...new Map(planned.map((probe) => [`${probe.role} from ${probe.source.network}`, probe]))])(
    'is what the same probe of version 1 is taken to cross: %s',
    (_, { suite, kind, role, source, destination, asked, crosses }) => {
      const frame = { v: 1, type: 'probe', id: 'p', at: '', verdict: 'pass', attempts: 1, got: {} };
      const named = suite === 'overlay' ? 'vxlan' : suite;
      const old = { ...frame, suite: named, kind, role, source, destination, asked };
      const [upgraded] = upgrade([old, ...facts].map((each) => observationOfVersion1.parse(each)));
      expect(upgraded).toMatchObject({ kind });
      expect(JSON.parse(JSON.stringify((upgraded as Planned).crosses))).toEqual(JSON.parse(JSON.stringify(crosses)));
    },
  );
});
