import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { apiError } from '../cluster/api-error.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { listAll } from '../cluster/pages.ts';
import type { Hole } from '../model/finding.ts';
import type { NodeInfo } from '../model/topology.ts';
import type { ProbePod } from '../model/run-context.ts';
import { probeNamespaces } from '../probe/manifests.ts';

/** Far above a roll-out on a healthy node (3 s); a node that is down never gets there, and is not waited for. */
const ROLL_OUT_TIMEOUT_MS = 60_000;
/** An image that is refused once is tried again by the kubelet; a name that is wrong stays wrong. */
const GIVE_UP_MS = 8_000;
/** Pods need seconds to start: a closer look costs the API more, and gains less than it waits. */
const POLL_MS = 300;

type State = { pod: ProbePod } | { waiting: string; hopeless: boolean };

/** How a probe's container ended; undefined when it never did. */
export function endOf({ status }: V1Pod): string | undefined {
  const container = status?.containerStatuses?.[0];
  const ended = container?.lastState?.terminated ?? container?.state?.terminated;
  return ended && `the probe ended with code ${ended.exitCode}: ${(ended.message ?? ended.reason ?? '').trim()}`;
}

function stateOf(pod: V1Pod | undefined, network: 'pod' | 'host'): State {
  if (!pod) return { waiting: 'no probe pod was made for it', hopeless: false };
  const { metadata, spec, status } = pod;
  const container = status?.containerStatuses?.[0];
  const waiting = container?.state?.waiting;
  const ended = container?.lastState?.terminated ?? container?.state?.terminated;
  if (
    waiting?.reason === 'ImagePullBackOff' ||
    waiting?.reason === 'ErrImagePull' ||
    waiting?.reason === 'InvalidImageName' ||
    waiting?.reason === 'ErrImageNeverPull'
  ) {
    return {
      waiting: `the image ${spec?.containers[0]?.image ?? ''} cannot be pulled: ${waiting.message ?? waiting.reason}`,
      hopeless: true,
    };
  }
  if (ended && (waiting?.reason === 'CrashLoopBackOff' || ended.exitCode !== 0)) {
    return { waiting: endOf(pod) ?? '', hopeless: true };
  }
  if (status?.phase === 'Running' && container?.state?.running && status.podIP) {
    return {
      pod: {
        node: spec?.nodeName ?? '',
        network,
        namespace: metadata?.namespace ?? '',
        pod: metadata?.name ?? '',
        ip: status.podIP,
      },
    };
  }
  const unscheduled = status?.conditions?.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  );
  return {
    waiting:
      unscheduled?.message ?? waiting?.message ?? waiting?.reason ?? `its probe pod is ${status?.phase ?? 'not there'}`,
    hopeless: false,
  };
}

async function statesOf(
  client: ClusterClient,
  runId: string,
  nodes: NodeInfo[],
  signal: AbortSignal,
): Promise<{ node: NodeInfo; network: 'pod' | 'host'; state: State }[]> {
  const networks = ['pod', 'host'] as const;
  const list = (network: 'pod' | 'host') =>
    listAll((page) => client.core.listNamespacedPod({ ...page, namespace: probeNamespaces(runId)[network] }));
  const lists = await Promise.all(networks.map(list)).catch((error: unknown) => {
    signal.throwIfAborted();
    throw apiError(error, `waiting for the probes: the API server ${client.server}`, client.server);
  });
  const nodeOf = (pod: V1Pod) =>
    pod.spec?.nodeName ??
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
      ?.matchFields?.[0]?.values?.[0];
  return networks.flatMap((network, index) =>
    nodes.map((node) => ({
      node,
      network,
      state: stateOf(
        lists[index]?.find((pod) => nodeOf(pod) === node.name),
        network,
      ),
    })),
  );
}

export interface RolledOut {
  pods: ProbePod[];
  holes: Hole[];
}

/**
 * Waits until every node has its two probe pods, or it is clear that it will not. A node that is not Ready is not
 * waited for: it, and each pod that does not come, is a hole with its reason.
 */
export async function waitForProbes(
  client: ClusterClient,
  runId: string,
  nodes: NodeInfo[],
  signal: AbortSignal,
): Promise<RolledOut> {
  const startedAt = Date.now();
  for (;;) {
    signal.throwIfAborted();
    const states = await statesOf(client, runId, nodes, signal);
    const elapsedMs = Date.now() - startedAt;
    const open = states.filter(
      ({ node, state }) => !('pod' in state) && node.ready && !(state.hopeless && elapsedMs > GIVE_UP_MS),
    );
    if (open.length === 0 || elapsedMs > ROLL_OUT_TIMEOUT_MS) {
      return {
        pods: states.flatMap(({ state, node }) => ('pod' in state && node.ready ? [state.pod] : [])),
        holes: states.flatMap(({ node, network, state }): Hole[] => {
          if (!node.ready)
            return network === 'host'
              ? [
                  {
                    what: `everything from and to ${node.name}`,
                    why: `the node is not Ready: ${node.notReadyReason ?? 'no reason is given'}`,
                    node: node.name,
                  },
                ]
              : [];
          return 'pod' in state
            ? []
            : [{ what: `the ${network} network of ${node.name}`, why: state.waiting, node: node.name }];
        }),
      };
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
