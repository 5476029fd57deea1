import type { RunContext } from '../../../../helpers/model/run-context.ts';
import type { DnsPod, NodeInfo, ServiceInfo } from '../../../../helpers/model/topology.ts';
import type { PlannedProbe } from '../../../../helpers/observe/planned-probe.ts';

/** node-0, node-1 and so on: the names sort as they are counted up to ten. */
export const nodeName = (index: number): string => `node-${index}`;

const node = (index: number): NodeInfo => ({
  name: nodeName(index),
  role: index === 0 ? 'server' : 'agent',
  internalIp: `192.0.2.${index + 1}`,
  podCidrs: [`10.42.${index}.0/24`],
  ready: true,
  unschedulable: false,
  kubeletVersion: 'v1.34.4+k3s1',
  annotations: {},
});

/** A Service with one ready endpoint on each of these nodes. */
export const serviceOn = (nodes: number[], over: Partial<ServiceInfo> = {}): ServiceInfo => ({
  namespace: 'shop',
  name: 'web',
  type: 'NodePort',
  clusterIp: '10.43.0.9',
  selector: {},
  ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: '8080', nodePort: 30080 }],
  endpoints: nodes.map((index) => ({
    ip: `10.42.${index}.9`,
    ports: { http: 8080 },
    node: nodeName(index),
    pod: `web-${index}`,
    ready: true,
  })),
  ...over,
});

export const dnsService: ServiceInfo = {
  ...serviceOn([]),
  namespace: 'kube-system',
  name: 'kube-dns',
  type: 'ClusterIP',
  clusterIp: '10.43.0.10',
};

export const dnsPodOn = (index: number): DnsPod => ({
  name: `coredns-${index}`,
  node: nodeName(index),
  ip: `10.42.${index}.53`,
  ready: true,
  restarts: 0,
});

export interface World {
  nodes: number;
  service?: ServiceInfo;
  /** Nodes on which a probe answers in both networks; all by default. */
  probed?: number[];
  topology?: Partial<RunContext['topology']>;
  targets?: Partial<RunContext['targets']>;
  externalName?: string;
}

/** A run on a cluster of so many nodes that are a full mesh up to four. */
export function runContext({ nodes, service, probed, topology, targets, externalName }: World): RunContext {
  const indices = Array.from({ length: nodes }, (_, index) => index);
  return {
    runId: '20260101-000000-0000',
    startedAt: '2026-01-01T00:00:00.000Z',
    profile: 'gate',
    reportDir: '/dev/null',
    kubeconfig: { kind: 'files', paths: [] },
    kubeContext: 'test',
    settings: { timeoutMs: 1_000, udpAttempts: 10, serviceAttempts: 6, concurrency: 16, burst: 50, fullMeshNodes: 4 },
    namespaces: ['shop'],
    topology: {
      name: 'test',
      serverVersion: 'v1.34.4',
      distribution: 'k3s',
      overlay: { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' },
      nodes: indices.map(node),
      services: service ? [service] : [],
      ingresses: [],
      dnsPods: [],
      ...topology,
    },
    targets: {
      services: service
        ? [
            {
              namespace: 'shop',
              name: service.name,
              httpPort: 80,
              healthPath: '/health',
              identity: { kind: 'json-service' },
            },
          ]
        : [],
      hosts: [],
      ingressHttpPort: 80,
      ingressHttpsPort: 443,
      ingressNodes: [],
      ...targets,
    },
    externalName,
    pods: (probed ?? indices).flatMap((index) =>
      (['pod', 'host'] as const).map((network) => ({
        node: nodeName(index),
        network,
        namespace: 'netwright',
        pod: `${network}-${index}`,
        ip: network === 'pod' ? `10.42.${index}.2` : `192.0.2.${index + 1}`,
      })),
    ),
    agent: { nodePath: 'node', ports: { podTcp: 1, podUdp: 2, hostTcp: 3, hostUdp: 4 } },
    suites: [],
    holes: [],
  };
}

/** The nodes between which probes go, as `from to`, each way once. */
export const waysOf = (probes: Pick<PlannedProbe, 'source' | 'destination'>[]): string[] =>
  [
    ...new Set(probes.map(({ source, destination }) => `${source.node ?? source.network} ${destination.node}`)),
  ].toSorted();

/** How many probes have each role. */
export const rolesOf = (probes: Pick<PlannedProbe, 'role'>[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(probes, ({ role }) => role)].map(([role, own]) => [role, own.length]));
