import { ApiException, type CoreV1Event, type V1Pod } from '@kubernetes/client-node';
import { vi } from 'vitest';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';
import { waitForProbes, type RolledOut, type AwaitedProbes } from '../../../helpers/run/probe-pods.ts';

export const node = (name: string, notReadyReason?: string): NodeInfo => ({
  name,
  role: 'agent',
  internalIp: '',
  podCidrs: [],
  ready: notReadyReason === undefined,
  notReadyReason,
  unschedulable: false,
  kubeletVersion: '',
  annotations: {},
});

/** A pod on a node, as far as it is looked at. */
export const pod = (nodeName: string, status: V1Pod['status']): V1Pod => ({
  metadata: { name: `probe-${nodeName}`, namespace: 'ns' },
  spec: { nodeName, containers: [{ name: 'agent', image: 'registry.example/node:24' }] },
  status,
});
export const running = (nodeName: string) =>
  pod(nodeName, { phase: 'Running', podIP: '10.42.0.9', containerStatuses: [{ state: { running: {} } } as never] });
export const waiting = (nodeName: string, reason: string, message: string) =>
  pod(nodeName, { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason, message } } } as never] });
export const ended = (nodeName: string, exitCode: number, message: string) =>
  pod(nodeName, {
    phase: 'Running',
    containerStatuses: [
      { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode, message } } } as never,
    ],
  });

interface Case {
  nodes: NodeInfo[];
  /** Pods of the pod network and of the hosts', at a time after the start. */
  pods: (elapsedMs: number) => [V1Pod[], V1Pod[]];
  signal?: AbortSignal;
  /** By how much the clock goes on from one look to the next. */
  stepMs?: number;
  /** Warnings in the namespace of a network, at a time after the start; undefined where they may not be read. */
  warnings?: (network: 'pod' | 'host', elapsedMs: number) => CoreV1Event[] | undefined;
  more?: Partial<AwaitedProbes>;
  /** For how long no kubelet was heard when the roll-out began. */
  silentMs?: number;
}

export const warning = (reason: string, kind: string, name: string, message: string): CoreV1Event => ({
  reason,
  message,
  metadata: {},
  involvedObject: { kind, name, namespace: kind === 'Pod' ? 'ns' : 'netwright-run' },
});
export const refusal = (message: string) =>
  warning('FailedCreate', 'DaemonSet', 'probe-pod', `Error creating: ${message}`);

/** Waits for probes on a cluster that says this of its pods, with a clock that goes as fast as is asked. */
export async function rollOut({
  nodes,
  pods,
  signal = new AbortController().signal,
  stepMs = 200,
  warnings = () => [],
  more,
  silentMs,
}: Case): Promise<RolledOut & { tookMs: number }> {
  const startedAt = Date.now();
  let looks = 0;
  const listNamespacedPod = async ({ namespace }: { namespace: string }) => {
    const isHost = namespace.endsWith('-host');
    // Both lists of a look are of one moment, the pod network's is asked first.
    if (!isHost) {
      vi.setSystemTime(startedAt + stepMs * looks);
      looks += 1;
    }
    return Promise.resolve({ items: pods(Date.now() - startedAt)[isHost ? 1 : 0] });
  };
  const listNamespacedEvent = async ({ namespace }: { namespace: string }) => {
    const items = warnings(namespace.endsWith('-host') ? 'host' : 'pod', Date.now() - startedAt);
    if (!items) throw new ApiException(403, 'Forbidden', { message: 'events is forbidden' }, {});
    return Promise.resolve({ items });
  };
  const core = { listNamespacedPod, listNamespacedEvent };
  const renewedAt = () => new Date(silentMs === undefined ? Date.now() : startedAt - silentMs).toISOString();
  const coordination = { readNamespacedLease: async () => Promise.resolve({ spec: { renewTime: renewedAt() } }) };
  const client = {
    server: 'https://api.example:6443',
    core,
    coordination,
    answers: { aheadMs: 0 },
  } as unknown as ClusterClient;
  const rolledOut = await waitForProbes(client, { runId: 'run', nodes, signal, ...more });
  return { ...rolledOut, tookMs: Date.now() - startedAt };
}
