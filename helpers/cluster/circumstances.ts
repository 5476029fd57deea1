import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreV1Event, V1IngressClass, V1Pod } from '@kubernetes/client-node';
import type { Reading } from '../model/facts.ts';
import type { IngressClassInfo, NetworkEvent, NetworkPolicyInfo } from '../model/facts/kubernetes.ts';
import { redactText } from '../redact.ts';
import type { ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { fromKubernetes } from './policies/kubernetes.ts';
import { KUBERNETES_KIND, type PodPolicy } from './policies/policy.ts';
import { listOtherPolicies, listPolicies } from './policies/read.ts';
import { reading } from './reading.ts';
import { toldBy } from './warnings.ts';

/**
 * Read beside the topology, for the diagnosis alone. Without the right to read it a cluster is diagnosed without it.
 */
export interface Circumstances {
  networkPolicies: Reading<NetworkPolicyInfo[]>;
  ingressClasses: Reading<IngressClassInfo[]>;
  events: Reading<NetworkEvent[]>;
}

/** Reasons of events about a pod's network; a diagnosis uses no others. */
const NETWORK_REASONS = new Set(['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedScheduling', 'HostPortConflict']);
/** For the cluster's own pods also what keeps one from starting, such as a CoreDNS without its configuration. */
const SYSTEM = 'kube-system';
const SYSTEM_REASONS = new Set(['FailedMount']);
/** Of a node: why its kubelet is not Ready, or puts pods out. */
const NODE_REASONS = new Set([
  'ContainerGCFailed',
  'EvictionThresholdMet',
  'FreeDiskSpaceFailed',
  'ImageGCFailed',
  'InvalidDiskCapacity',
  'KubeletSetupFailed',
  'Rebooted',
  'SystemOOM',
]);
const isTold = ({ reason = '', involvedObject: { kind, namespace } }: CoreV1Event): boolean =>
  NETWORK_REASONS.has(reason) ||
  (namespace === SYSTEM && SYSTEM_REASONS.has(reason)) ||
  (kind === 'Node' && NODE_REASONS.has(reason));
/** Old events say nothing about the present; the API server keeps them for an hour. */
const EVENT_AGE_MS = 10 * 60_000;
const MOST_EVENTS = 50;

const timeOf = ({ lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();

async function events(client: ClusterClient): Promise<NetworkEvent[]> {
  const warnings = await listAll((page) =>
    client.core.listEventForAllNamespaces({ ...page, fieldSelector: 'type=Warning' }),
  );
  const recent = warnings.filter((event) => isTold(event) && Date.now() - timeOf(event) < EVENT_AGE_MS);
  return recent
    .toSorted((a, b) => timeOf(b) - timeOf(a))
    .slice(0, MOST_EVENTS)
    .map(toldBy);
}

const networkPolicy = ({ kind, namespace, name, labels }: PodPolicy): NetworkPolicyInfo => ({
  ...(kind !== KUBERNETES_KIND && { kind }),
  ...(namespace !== undefined && { namespace }),
  name,
  labels,
});

async function policies(client: ClusterClient): Promise<NetworkPolicyInfo[]> {
  const [own, others] = await Promise.all([listPolicies(client), listOtherPolicies(client)]);
  return [...own.map(fromKubernetes), ...others].map(networkPolicy);
}

const ingressClass = ({ metadata, spec }: V1IngressClass) => ({
  name: metadata?.name ?? '',
  controller: spec?.controller ?? '',
});

/** Reads it all at once. Never throws: what could not be read says why. */
export async function readCircumstances(client: ClusterClient): Promise<Circumstances> {
  const { networking } = client;
  const classes = listAll((page) => networking.listIngressClass(page));
  const [networkPolicies, ingressClasses, recent] = await Promise.all([
    reading(client, policies(client)),
    reading(
      client,
      classes.then((all) => all.map(ingressClass)),
    ),
    reading(client, events(client)),
  ]);
  return { networkPolicies, ingressClasses, events: recent };
}

const LOG_LINES = 50;

/** Kubelet's own words in place of a log whose file is gone or not there yet, as between two starts of a container. */
const NO_LOG = /^unable to retrieve container logs for /;
/** Between two starts a container is in one state for seconds, and in that of change for less. */
const ONCE_MORE_MS = 1_000;

/**
 * The first log that is one, of the container that ended last and of the one that runs; both once more where kubelet
 * has neither. Throws what kept it.
 */
async function firstLog(read: (previous: boolean) => Promise<string>, wasRestarted: boolean): Promise<string> {
  const texts: string[] = [];
  for (const waitMs of [0, ONCE_MORE_MS]) {
    await sleep(waitMs);
    for (const previous of wasRestarted ? [true, false] : [false]) {
      const text = await read(previous).catch((error: unknown) => {
        if (!previous) throw error;
        return undefined;
      });
      if (text === undefined) continue;
      if (!NO_LOG.test(text)) return text;
      texts.push(text);
    }
  }
  throw new Error(texts[0]?.trim());
}

/**
 * The end of a pod's log, without its secrets; of the container that ended last where the pod starts again and again.
 */
export async function readPodLog(
  client: ClusterClient,
  namespace: string,
  name: string,
  container?: string,
): Promise<Reading<string>> {
  const read = (previous: boolean) =>
    client.core.readNamespacedPodLog({ namespace, name, container, tailLines: LOG_LINES, previous });
  const pod = await client.core.readNamespacedPod({ namespace, name }).catch((): V1Pod | undefined => undefined);
  const statuses = pod?.status?.containerStatuses ?? [];
  const own = statuses.find((each) => each.name === container) ?? statuses[0];
  const wasRestarted = (own?.restartCount ?? 0) > 0;
  return reading(client, firstLog(read, wasRestarted).then(redactText));
}
