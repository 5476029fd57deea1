import type { HostRoute } from '../../helpers/model/facts/agent.ts';
import type { FactKey, FactValue } from '../../helpers/model/facts.ts';
import {
  OBSERVATION_VERSION,
  type FactObservation,
  type FactOf,
  type Observation,
} from '../../helpers/model/observation.ts';
import type { Finding } from '../../helpers/model/finding.ts';
import type { NodeInfo, ServiceInfo } from '../../helpers/model/topology.ts';
import { diagnose } from '../../helpers/diagnose/index.ts';
import { at, probeOf, type Fields } from './observations.ts';

const frame = (key: FactKey, node: string | undefined) =>
  ({
    v: OBSERVATION_VERSION,
    type: 'fact',
    id: 'f1',
    source: key.startsWith('ssh/') ? 'ssh' : node === undefined ? 'kubernetes' : 'probe',
    node,
    at: '2026-03-01T10:00:00.000Z',
  }) as const;

/** Something read: of a node where one is named, else of the cluster. */
export const fact = <Key extends FactKey>(key: Key, value: FactValue<Key>, node?: string): FactObservation =>
  // The compiler does not follow that a key and that key's value make the fact of that key.
  ({ ...frame(key, node), key, value }) as FactOf<Key> as FactObservation;

/** A route of a node's own table, by a device. */
export const hostRoute = (destination: string, device: string, more: Partial<HostRoute> = {}): HostRoute => ({
  destination,
  device,
  metric: 0,
  mtu: 0,
  reject: false,
  up: true,
  ...more,
});

/** Something that could not be read. */
export const unread = (key: FactKey, notObserved: string, node?: string): FactObservation =>
  ({ ...frame(key, node), key, value: null, notObserved }) as FactObservation;

const numberOf = (node: string): number => node.charCodeAt(0) - 96;

/** A Ready node, by a name of one letter: `a` is 10.0.0.1 with the pods of 10.42.1.0/24. */
export const nodeFact = (name: string, more: Partial<NodeInfo> = {}): FactObservation =>
  fact('node', {
    name,
    role: 'agent',
    internalIp: `10.0.0.${numberOf(name)}`,
    podCidrs: [`10.42.${numberOf(name)}.0/24`],
    ready: true,
    unschedulable: false,
    kubeletVersion: 'v1.34.4+k3s1',
    annotations: { 'flannel.alpha.coreos.com/public-ip': `10.0.0.${numberOf(name)}` },
    ...more,
  });

/** What the Kubernetes API says of a cluster of three nodes with flannel's VXLAN. */
export const CLUSTER: readonly FactObservation[] = [
  fact('overlay', {
    kind: 'flannel-vxlan',
    vni: 1,
    port: 8472,
    device: 'flannel.1',
    source: 'annotations of the nodes',
  }),
  ...['a', 'b', 'c'].map((name) => nodeFact(name)),
];

/** A Service of port 80, with one ready pod on each of these nodes. */
export const serviceFact = (nodes: string[], more: Partial<ServiceInfo> = {}): FactObservation =>
  fact('service', {
    namespace: 'shop',
    name: 'api',
    type: 'ClusterIP',
    clusterIp: '10.43.0.10',
    selector: { app: 'api' },
    ports: [{ protocol: 'TCP', port: 80, targetPort: '8080' }],
    endpoints: nodes.map((node) => ({
      ip: `10.42.${numberOf(node)}.10`,
      ports: { '': 8080 },
      node,
      pod: `api-${node}`,
      ready: true,
    })),
    ...more,
  });

/** A small TCP exchange from a pod of one node to a pod of another. */
export const podToPod = (from: string, to: string, fields: Fields<'payload'> = {}) =>
  probeOf('payload', {
    pathClass: 'pod-pod',
    source: at('pod', from),
    destination: at('pod', to, { ip: `10.42.${numberOf(to)}.2`, port: 8377 }),
    ...fields,
  });

/** Both ways between two nodes, failing. */
export const cutOff = (a: string, b: string): Observation[] => [
  podToPod(a, b, failing('timeout')),
  podToPod(b, a, failing('timeout')),
];

/** How a probe fails. */
export const failing = (errorKind: NonNullable<Fields<'tcp'>['errorKind']>) =>
  ({ verdict: 'fail', errorKind, reason: errorKind, succeeded: 0 }) as const;

/** The observations of a run: each with an id of its own. */
export const run = (...observations: (Observation | readonly Observation[])[]): Observation[] =>
  observations.flat().map((each, index) => ({ ...each, id: `o${index + 1}` }));

/** The findings of a run of these observations. */
export const diagnosed = (...observations: (Observation | readonly Observation[])[]): Finding[] =>
  diagnose(run(...observations)).findings;

/** Where a diagnosis names this cause, and how surely: `proved at b`, by the names that the place has. */
export const found = (code: string, ...observations: (Observation | readonly Observation[])[]): string[] =>
  diagnosed(...observations)
    .filter((finding) => finding.code === code)
    .flatMap(({ confidence, locations }) =>
      locations.map(({ service, endpoint, node, from, to }) =>
        [confidence, 'at', service, endpoint, node, from, to].filter((word) => word !== undefined).join(' '),
      ),
    );
