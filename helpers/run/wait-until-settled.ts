import { isReady } from '../cluster/ready.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1DaemonSet, V1Deployment, V1Node, V1StatefulSet } from '@kubernetes/client-node';
import { connectCluster, type ClusterClient } from '../cluster/connect.ts';
import { listAll } from '../cluster/pages.ts';
import { reading } from '../cluster/reading.ts';
import { EVERY_NAMESPACE } from '../cluster/scope.ts';
import type { Config } from '../config/config.ts';
import { requireKubeconfig } from '../config/load.ts';
import type { Hole } from '../model/finding.ts';

/** A roll-out takes seconds and more; a look is four requests. */
const LOOK_EVERY_MS = 3_000;
/** How long it must have looked settled: a roll-out has a moment between its parts. */
const SETTLED_LOOKS = 2;

const place = (kind: string, { metadata }: { metadata?: { namespace?: string; name?: string } }): string =>
  `${kind} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

const isSeen = ({ metadata, status }: V1Deployment | V1DaemonSet | V1StatefulSet): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);

/** One that Kubernetes has given up is not waited for: it would take all the time that there is. */
const isGivenUp = ({ status }: V1Deployment): boolean =>
  status?.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded') ===
  true;

function ofDeployment(each: V1Deployment): boolean {
  const wanted = each.spec?.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = each.status ?? {};
  return (
    isGivenUp(each) || (isSeen(each) && updatedReplicas >= wanted && availableReplicas >= wanted && replicas <= wanted)
  );
}

function ofDaemonSet(each: V1DaemonSet): boolean {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = each.status ?? {};
  return isSeen(each) && updatedNumberScheduled >= wanted && numberAvailable >= wanted;
}

function ofStatefulSet(each: V1StatefulSet): boolean {
  const wanted = each.spec?.replicas ?? 1;
  const { readyReplicas = 0, updateRevision, currentRevision } = each.status ?? {};
  return isSeen(each) && readyReplicas >= wanted && updateRevision === currentRevision;
}

export interface Settling {
  nodes: readonly V1Node[];
  deployments: readonly V1Deployment[];
  daemonSets: readonly V1DaemonSet[];
  statefulSets: readonly V1StatefulSet[];
}

/** What is on its way: nodes that are not Ready, and roll-outs that are not through. Pure. */
export function unsettledIn({ nodes, deployments, daemonSets, statefulSets }: Settling): string[] {
  return [
    ...nodes.filter((node) => !isReady(node)).map(({ metadata }) => `node ${metadata?.name ?? ''}`),
    ...deployments.filter((each) => !ofDeployment(each)).map((each) => place('Deployment', each)),
    ...daemonSets.filter((each) => !ofDaemonSet(each)).map((each) => place('DaemonSet', each)),
    ...statefulSets.filter((each) => !ofStatefulSet(each)).map((each) => place('StatefulSet', each)),
  ];
}

const SYSTEM = 'kube-system';

async function look(client: ClusterClient, namespaces: readonly string[]): Promise<Settling> {
  const isMeant = ({ metadata }: { metadata?: { namespace?: string } }) =>
    namespaces.includes(EVERY_NAMESPACE) || [...namespaces, SYSTEM].includes(metadata?.namespace ?? '');
  const { apps, core } = client;
  // Who may not list them waits for nodes alone.
  const [nodes, deployments, daemonSets, statefulSets] = await Promise.all([
    reading(
      client,
      listAll((page) => core.listNode(page)),
    ),
    reading(
      client,
      listAll((page) => apps.listDeploymentForAllNamespaces(page)),
    ),
    reading(
      client,
      listAll((page) => apps.listDaemonSetForAllNamespaces(page)),
    ),
    reading(
      client,
      listAll((page) => apps.listStatefulSetForAllNamespaces(page)),
    ),
  ]);
  return {
    nodes: nodes.value ?? [],
    deployments: (deployments.value ?? []).filter(isMeant),
    daemonSets: (daemonSets.value ?? []).filter(isMeant),
    statefulSets: (statefulSets.value ?? []).filter(isMeant),
  };
}

export interface WaitOptions {
  waitMs: number;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Waits until every node is Ready and the roll-outs of kube-system and the run's namespaces are through, so long at
 * most. What is still on its way then is a note and leaves nothing open: the run tells how the cluster is. Throws as
 * connecting does.
 */
export async function waitUntilSettled(config: Config, { waitMs, signal, onProgress }: WaitOptions): Promise<Hole[]> {
  const client = await connectCluster({ kubeconfig: requireKubeconfig(config), context: config.kubeContext, signal });
  const endsAt = performance.now() + waitMs;
  let said = '';
  let settled = 0;
  for (;;) {
    const open = unsettledIn(await look(client, config.namespaces));
    settled = open.length === 0 ? settled + 1 : 0;
    if (settled >= SETTLED_LOOKS) return [];
    if (performance.now() >= endsAt)
      return open.map((what) => ({
        what: `${what} as it will be`,
        why: `it had not settled after ${waitMs / 1_000} s (NETWRIGHT_WAIT)`,
        isByChoice: true,
      }));
    const text = `waiting for ${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''}`;
    if (open.length > 0 && text !== said) onProgress((said = text));
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(1, endsAt - performance.now())), undefined, { signal });
  }
}
