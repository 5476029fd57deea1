import pWaitFor from 'p-wait-for';
import { NetwrightError } from '../errors.ts';
import { apiError, statusOf } from './api-error.ts';
import { withSignal, type ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';
import { MANAGED_BY_LABEL, OWNER, RUN_LABEL } from '../model/own-labels.ts';

const MANAGED_BY = `${MANAGED_BY_LABEL}=${OWNER}`;

/** Probe pods end within a second; the rest of the time is the namespace controller's. */
const GONE_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

export interface CleanUpOptions {
  /** Only what belongs to this run; everything of ours when absent. */
  runId?: string;
  /** Namespaces that are not ours, in which our objects are; nothing else is looked at then. */
  prepared?: readonly string[];
  /** Wait until it is gone, not only marked for deletion. */
  wait?: boolean;
  timeoutMs?: number;
}

const labelsOf = (runId: string | undefined): string =>
  runId === undefined ? MANAGED_BY : `${MANAGED_BY},${RUN_LABEL}=${runId}`;

async function ownNamespaces(client: ClusterClient, runId: string | undefined): Promise<string[]> {
  const namespaces = await listAll((page) => client.core.listNamespace({ ...page, labelSelector: labelsOf(runId) }));
  return namespaces.map(({ metadata }) => metadata?.name ?? '').filter(Boolean);
}

/** A probe pod of an earlier run that is still there. */
export interface PodLeft {
  node: string;
  /** `namespace/name`. */
  pod: string;
}

async function podsHoldingPorts(client: ClusterClient, nodes: readonly string[]): Promise<PodLeft[]> {
  const pods = await listAll((page) => client.core.listPodForAllNamespaces({ ...page, labelSelector: MANAGED_BY }));
  return pods
    .filter(({ spec }) => spec?.hostNetwork && nodes.includes(spec.nodeName ?? ''))
    .map(({ metadata, spec }) => ({
      node: spec?.nodeName ?? '',
      pod: `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
    }));
}

/** Polls until nothing is left or the time is over; resolves to what is left. */
async function untilNothingLeft<T>(
  what: () => Promise<T[]>,
  { timeoutMs = GONE_TIMEOUT_MS, signal }: { timeoutMs?: number; signal?: AbortSignal },
): Promise<T[]> {
  const endsAt = performance.now() + timeoutMs;
  const look = async () => {
    const left = await what();
    return left.length === 0 || performance.now() >= endsAt ? pWaitFor.resolveWith(left) : false;
  };
  return pWaitFor(look, { interval: POLL_MS, signal });
}

/**
 * Pods of an earlier run hold the nodes' ports: waits until they are gone, for a minute at most, and resolves to those
 * that remain. Only pods on `nodes` count: a node with a dead kubelet never deletes its pods.
 */
export async function waitForPodsGone(
  client: ClusterClient,
  nodes: readonly string[],
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<PodLeft[]> {
  const { signal } = options;
  const asking = signal ? withSignal(client, signal) : client;
  try {
    return await untilNothingLeft(() => podsHoldingPorts(asking, nodes), options);
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
  const left = await untilNothingLeft(() => ownNamespaces(client, runId), { timeoutMs });
  if (left.length === 0) return;
  const why = await whyKept(client, runId);
  throw new NetwrightError(
    `the cluster has not removed ${left.join(', ')} within ${timeoutMs / 1000} s${why ? `: ${why}` : ''}`,
    {
      code: 'clean-up-slow',
      hint: why
        ? 'it goes on by itself once that is mended: kubectl get apiservices'
        : 'it goes on by itself; a node that does not answer keeps its pods until it does: kubectl get pods -A -o ' +
          'wide -l app.kubernetes.io/managed-by=netwright',
    },
  );
}

/**
 * Why the cluster cannot empty a namespace, in its own words: it has to know every kind of object, and asks all that
 * serve one. An aggregated API that does not answer, such as that of metrics, keeps every namespace.
 */
async function whyKept(client: ClusterClient, runId: string | undefined): Promise<string | undefined> {
  const namespaces = listAll((page) => client.core.listNamespace({ ...page, labelSelector: labelsOf(runId) }));
  const { value } = await reading(client, namespaces);
  const said = (value ?? []).flatMap(({ status }) => status?.conditions ?? []);
  return said.find(({ type, status }) => type === 'NamespaceDeletionDiscoveryFailure' && status === 'True')?.message;
}

/** What is ours in namespaces that are not: deleted by name, for to delete by label may not be allowed. */
async function removeIn(
  client: ClusterClient,
  namespaces: readonly string[],
  labelSelector: string,
): Promise<string[]> {
  const { core, apps } = client;
  const gone = (error: unknown) => {
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
  };
  const removed = await Promise.all(
    [...new Set(namespaces)].map(async (namespace) => {
      const [sets, maps] = await Promise.all([
        listAll((page) => apps.listNamespacedDaemonSet({ ...page, namespace, labelSelector })),
        listAll((page) => core.listNamespacedConfigMap({ ...page, namespace, labelSelector })),
      ]);
      const names = (objects: { metadata?: { name?: string } }[]) =>
        objects.map(({ metadata }) => metadata?.name ?? '');
      await Promise.all([
        ...names(sets).map((name) =>
          apps.deleteNamespacedDaemonSet({ namespace, name, propagationPolicy: 'Background' }).catch(gone),
        ),
        ...names(maps).map((name) => core.deleteNamespacedConfigMap({ namespace, name }).catch(gone)),
      ]);
      return [...names(sets), ...names(maps)].map((name) => `${namespace}/${name}`);
    }),
  );
  return removed.flat();
}

/**
 * Deletes the namespaces of a run, and with them all that a run ever makes. In namespaces that were
 * prepared it deletes the objects. Resolves to the names. Idempotent: what
 * is being deleted already, or is gone, is no error. Throws `clean-up-slow` when it was to wait and they are still
 * there.
 */
export async function cleanUp(
  client: ClusterClient,
  { runId, prepared, wait = false, timeoutMs = GONE_TIMEOUT_MS }: CleanUpOptions = {},
): Promise<string[]> {
  try {
    if (prepared) return await removeIn(client, prepared, labelsOf(runId));
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
