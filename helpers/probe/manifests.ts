import type { KubernetesObject, V1ConfigMap, V1DaemonSet, V1Namespace, V1PodSpec } from '@kubernetes/client-node';
import type { ProbeNamespaces } from '../model/run-context.ts';
import { sha256Of } from './bundle.ts';
import { MANAGED_BY_LABEL, OWNER, RUN_LABEL } from '../model/own-labels.ts';

/** Name of the container in a probe pod that holds the agent. */
export const AGENT_CONTAINER = 'agent';

const AGENT_FILE = 'agent.cjs';
const AGENT_DIR = '/netwright';

const ADDRESSES_FILE = 'addresses';

/** Where the agent is in a probe pod: `node AGENT_PATH session` is what an exec runs. */
export const AGENT_PATH = `${AGENT_DIR}/${AGENT_FILE}`;

/** Labels of every object: Netwright's, and the run's id. */
const NETWORK_LABEL = 'netwright/network';

/** The user `nobody` of most distributions; no file of the image needs to be its own. */
const NOBODY = 65_534;

export interface ProbeObjectsOptions {
  runId: string;
  /** Any image with Node 20 or later. */
  image: string;
  /** Node's path in the image, or `node` where the image's PATH finds it. */
  nodePath: string;
  /** The bundled agent. */
  agentSource: string;
  ports: { podTcp: number; podUdp: number; hostTcp: number; hostUdp: number };
  /** The run's key. Agents answer only clients that prove to know it. */
  key: string;
  /** Addresses of all nodes at which the host network is asked; each agent listens at those that its node has. */
  hostAddresses: readonly string[];
  /** Name of a Secret that is in both namespaces already, or is put there by the operator. */
  pullSecret?: string;
  /** Only these nodes; every node when absent. */
  nodes?: string[];
  /** Namespaces that are there already; a run makes two of its own when absent. */
  prepared?: ProbeNamespaces;
}

type ProbeNetwork = 'pod' | 'host';

/** Where the probes of a run are: its own two namespaces, or those that were prepared for it. */
export function probeNamespaces(runId: string, prepared?: ProbeNamespaces): ProbeNamespaces {
  return prepared ?? { pod: `netwright-${runId}`, host: `netwright-${runId}-host` };
}

/** In a namespace that others share, or an earlier run had, names are the run's own. */
const nameOf = (what: string, network: ProbeNetwork, { runId, prepared }: NameParts): string =>
  prepared ? `netwright-${what}-${network}-${runId}` : what;
type NameParts = Pick<ProbeObjectsOptions, 'runId' | 'prepared'>;

/** The DaemonSet of a network. */
export const daemonSetName = (network: ProbeNetwork, parts: NameParts): string =>
  parts.prepared ? nameOf('probe', network, parts) : `probe-${network}`;

/** The labels of every object of a run. */
export const labelsOf = (runId: string) => ({
  'app.kubernetes.io/name': OWNER,
  [MANAGED_BY_LABEL]: OWNER,
  [RUN_LABEL]: runId,
});

/** The labels by which a run's probe pods of a network are selected. */
export const probeSelector = (runId: string, network: ProbeNetwork) => ({
  [RUN_LABEL]: runId,
  [NETWORK_LABEL]: network,
});

function namespaceOf(network: ProbeNetwork, { runId }: ProbeObjectsOptions): V1Namespace {
  // The baseline level forbids hostNetwork, so the host's probe has a namespace of its own with no level; the other has
  // the strictest.
  const level = network === 'pod' ? 'restricted' : 'privileged';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: probeNamespaces(runId)[network],
      labels: {
        ...labelsOf(runId),
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/audit': level,
        'pod-security.kubernetes.io/warn': level,
      },
    },
  };
}

function configMapOf(network: ProbeNetwork, options: ProbeObjectsOptions): V1ConfigMap {
  const { runId, agentSource, hostAddresses, prepared } = options;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: nameOf('agent', network, options),
      namespace: probeNamespaces(runId, prepared)[network],
      labels: labelsOf(runId),
    },
    // No kubelet needs to watch an immutable ConfigMap.
    immutable: true,
    // A file, not a variable: thousands of nodes have more addresses than a variable holds.
    data: { [AGENT_FILE]: agentSource, [ADDRESSES_FILE]: network === 'host' ? hostAddresses.join('\n') : '' },
  };
}

/** The API server wants a term: where no node is to have a probe, one that none can meet (RFC 6761 keeps it free). */
const NO_NODE = 'none.invalid';

/** One term per node, any of which may match: the scheduler takes one name a term. */
function affinityTo(nodes: string[]): V1PodSpec['affinity'] {
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: (nodes.length > 0 ? nodes : [NO_NODE]).map((node) => ({
          matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }],
        })),
      },
    },
  };
}

/**
 * glibc asks again after 5 s (resolv.conf(5)), which is longer than a probe waits: a single lost datagram would be an
 * outage. It reads this beside resolv.conf's own options; musl does not, and asks again after 2.5 s.
 */
const RESOLVER_OPTIONS = { name: 'RES_OPTIONS', value: 'timeout:2 attempts:5' };

function podSpec(network: ProbeNetwork, options: ProbeObjectsOptions): V1PodSpec {
  const { image, nodePath, ports, pullSecret, nodes, key } = options;
  const [tcpPort, udpPort] = network === 'pod' ? [ports.podTcp, ports.podUdp] : [ports.hostTcp, ports.hostUdp];
  return {
    // A probe that answers by ClusterIP or cluster DNS would be dead in the outage that it should describe.
    ...(network === 'host' && { hostNetwork: true, dnsPolicy: 'Default' }),
    tolerations: [{ operator: 'Exists' }],
    ...(nodes && { affinity: affinityTo(nodes) }),
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: AGENT_CONTAINER,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: [nodePath, AGENT_PATH, 'serve'],
        env: [
          RESOLVER_OPTIONS,
          { name: 'NETWRIGHT_NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'NETWRIGHT_POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'NETWRIGHT_POD_IPS', valueFrom: { fieldRef: { fieldPath: 'status.podIPs' } } },
          { name: 'NETWRIGHT_ADDRESSES_FILE', value: `${AGENT_DIR}/${ADDRESSES_FILE}` },
          { name: 'NETWRIGHT_NETWORK', value: network },
          // In the open for who may read the run's pods: a Secret would ask users for one more right, and the key is
          // worth nothing once the run is over.
          { name: 'NETWRIGHT_KEY', value: key },
          { name: 'NETWRIGHT_TCP_PORT', value: String(tcpPort) },
          { name: 'NETWRIGHT_UDP_PORT', value: String(udpPort) },
        ],
        // No CPU limit: throttling would be measured as the network's delay. No readiness probe: it comes over the
        // network that is under test; whether the agent serves is asked by exec (see serving.ts). No ports: a host port
        // would leave a pod whose port is taken unscheduled and silent, where the agent says which port it is.
        resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        volumeMounts: [{ name: 'agent', mountPath: AGENT_DIR, readOnly: true }],
      },
    ],
    volumes: [{ name: 'agent', configMap: { name: nameOf('agent', network, options), defaultMode: 0o444 } }],
  };
}

function daemonSetOf(network: ProbeNetwork, options: ProbeObjectsOptions): V1DaemonSet {
  const { runId, agentSource, prepared } = options;
  const labels = { ...labelsOf(runId), [NETWORK_LABEL]: network };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: daemonSetName(network, options), namespace: probeNamespaces(runId, prepared)[network], labels },
    spec: {
      selector: { matchLabels: probeSelector(runId, network) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: {
        metadata: { labels, annotations: { 'netwright/agent-sha256': sha256Of(agentSource) } },
        spec: podSpec(network, options),
      },
    },
  };
}

/**
 * What a run puts into a cluster for the probes of a network, in the order in which it must be applied: a namespace
 * where none is prepared, the agent, and a DaemonSet. No RBAC: probe pods talk to no API.
 */
export function probeObjectsOf(network: ProbeNetwork, options: ProbeObjectsOptions): KubernetesObject[] {
  return [
    ...(options.prepared ? [] : [namespaceOf(network, options)]),
    configMapOf(network, options),
    daemonSetOf(network, options),
  ];
}
