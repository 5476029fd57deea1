import { setTimeout as sleep } from 'node:timers/promises';
import { NetwrightError } from '../errors.ts';
import { apiError, statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by=netwright';
const RUN_LABEL = 'netwright/run';

/** Probe pods end within a second; the rest of the time is the namespace controller's. */
const GONE_TIMEOUT_MS = 60_000;

export interface CleanUpOptions {
  /** Only what belongs to this run; everything of ours when absent. */
  runId?: string;
  /** Wait until it is gone, not only marked for deletion. */
  wait?: boolean;
  timeoutMs?: number;
}

async function ownNamespaces(client: ClusterClient, runId: string | undefined): Promise<string[]> {
  const labelSelector = runId === undefined ? MANAGED_BY : `${MANAGED_BY},${RUN_LABEL}=${runId}`;
  const { items } = await client.core.listNamespace({ labelSelector });
  return items.map(({ metadata }) => metadata?.name ?? '').filter(Boolean);
}

/**
 * Pods of an earlier run hold the nodes' own ports until they are gone: waits for that, not for their namespaces. Only
 * those on `nodes` count: from one whose kubelet is dead none ever goes.
 */
export async function waitForPodsGone(
  client: ClusterClient,
  nodes: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + GONE_TIMEOUT_MS;
  try {
    while (Date.now() < deadline) {
      const { items } = await client.core.listPodForAllNamespaces({ labelSelector: MANAGED_BY });
      if (!items.some(({ spec }) => spec?.hostNetwork && nodes.includes(spec.nodeName ?? ''))) return;
      await sleep(150, undefined, { signal });
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw apiError(
      error,
      `waiting for the pods of an earlier run to go: the API server ${client.server}`,
      client.server,
    );
  }
}

async function waitForNamespacesGone(
  client: ClusterClient,
  runId: string | undefined,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = await ownNamespaces(client, runId);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw new NetwrightError(`the cluster has not removed ${left.join(', ')} within ${timeoutMs / 1000} s`, {
        code: 'clean-up-slow',
        hint:
          'it goes on by itself; a node that does not answer keeps its pods until it does: kubectl get pods -A -o ' +
          'wide -l app.kubernetes.io/managed-by=netwright',
      });
    }
    await sleep(250);
  }
}

/**
 * Deletes the namespaces of a run, and with them all that a run ever makes. Resolves to their names. Idempotent: what
 * is being deleted already, or is gone, is no error. Throws `clean-up-slow` when it was to wait and they are still
 * there.
 */
export async function cleanUp(
  client: ClusterClient,
  { runId, wait = false, timeoutMs = GONE_TIMEOUT_MS }: CleanUpOptions = {},
): Promise<string[]> {
  try {
    const names = await ownNamespaces(client, runId);
    await Promise.all(
      names.map((name) =>
        client.core.deleteNamespace({ name, propagationPolicy: 'Background' }).catch((error: unknown) => {
          if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
        }),
      ),
    );
    if (wait) await waitForNamespacesGone(client, runId, timeoutMs);
    return names;
  } catch (error) {
    throw apiError(error, `removing what Netwright made: the API server ${client.server}`, client.server);
  }
}
