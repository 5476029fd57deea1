import { PatchStrategy, type KubernetesObject, type V1DaemonSet, type V1Pod } from '@kubernetes/client-node';
import { missingRights } from '../../cluster/access.ts';
import { apiError } from '../../cluster/api-error.ts';
import type { ClusterClient } from '../../cluster/connect.ts';
import type { Config } from '../../config/config.ts';
import type { NetwrightError } from '../../errors.ts';
import { probeObjectsOf, type ProbeObjectsOptions } from '../../probe/manifests.ts';
import type { Check } from './check.ts';

type Network = 'pod' | 'host';

/** In place of a namespace of a run's own: nothing can be tried in one that is not there. */
const STAND_IN = 'default';

const COSTS: Record<Network, string> = {
  pod: 'nothing is asked from the pod network',
  host: "nothing is asked from the nodes' own network, and the overlay's port is not judged",
};

/** Says something of the stand-in alone: a run's own namespaces have a level of their own. */
const OF_STAND_IN = /violates PodSecurity/;
const REFUSALS: ReadonlySet<string> = new Set(['api-denied', 'webhook-unreachable']);

interface Refusal {
  object: KubernetesObject;
  error: NetwrightError;
}

const isDaemonSet = (object: KubernetesObject): object is V1DaemonSet => object.kind === 'DaemonSet';

async function tryOne(client: ClusterClient, object: KubernetesObject): Promise<Refusal | undefined> {
  try {
    if (object.kind === 'Pod') {
      const namespace = object.metadata?.namespace ?? '';
      await client.core.createNamespacedPod({ namespace, body: object, dryRun: 'All' });
    } else {
      const named = object as KubernetesObject & { metadata: { name: string } };
      await client.objects.patch(named, undefined, 'All', 'netwright', true, PatchStrategy.ServerSideApply);
    }
    return undefined;
  } catch (error) {
    return { object, error: apiError(error, `${object.kind} ${object.metadata?.name ?? ''}`, client.server) };
  }
}

/** The pod as its DaemonSet would have it made: policies are mostly about pods. */
const podOf = ({ metadata, spec }: V1DaemonSet): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { labels: spec?.template.metadata?.labels, name: metadata?.name, namespace: metadata?.namespace },
  spec: spec?.template.spec,
});

/** The objects of a network as a run applies them; what stands in a namespace of the run's own is tried elsewhere. */
function objectsOf(network: Network, options: ProbeObjectsOptions, withPods: boolean): KubernetesObject[] {
  return probeObjectsOf(network, options)
    .filter(({ kind }) => kind !== 'ConfigMap')
    .flatMap((object) => {
      const { name, labels } = object.metadata ?? {};
      const isElsewhere = object.kind !== 'Namespace' && !options.prepared;
      const placed = isElsewhere ? { ...object, metadata: { name, labels, namespace: STAND_IN } } : object;
      return isDaemonSet(placed) && withPods ? [placed, podOf(placed)] : [placed];
    });
}

async function tryNetwork(
  client: ClusterClient,
  network: Network,
  options: ProbeObjectsOptions,
  withPods: boolean,
): Promise<Check> {
  const name = network === 'pod' ? 'pods of the pod network' : "pods of the nodes' own network";
  const tried = await Promise.all(objectsOf(network, options, withPods).map((object) => tryOne(client, object)));
  const refused = tried.flatMap((each) => {
    const isOfStandIn = !options.prepared && each !== undefined && OF_STAND_IN.test(each.error.message);
    return each && !isOfStandIn ? [each] : [];
  });
  const where = options.prepared?.[network] ?? `${STAND_IN}, in place of a namespace of its own`;
  const what = withPods
    ? 'DaemonSet and pod'
    : 'DaemonSet (the right to create pods, which a run needs not, tells more)';
  const [first] = refused;
  if (!first) return { name, state: 'ok', text: `welcome, by a dry run of the ${what} in ${where}` };
  const isCertain = ({ object, error }: Refusal) =>
    REFUSALS.has(error.code) && (object.kind === 'Namespace' || options.prepared !== undefined);
  const worst = refused.find(isCertain) ?? first;
  const { message, hint } = worst.error;
  return {
    name,
    ...(isCertain(worst)
      ? { state: 'lack', text: message, cost: COSTS[network] }
      : { state: 'unknown', text: `by a dry run in ${where}: ${message}` }),
    ...(hint !== undefined && { hint }),
  };
}

/**
 * Has the API server admit the probes of both networks without making them: policies, quotas, webhooks and Pod Security
 * then say what they would say. Throws only where no right can be asked for.
 */
export async function checkAdmission(client: ClusterClient, { probe }: Config): Promise<Check[]> {
  const { image, nodePath, ports, pullSecret, namespaces: prepared } = probe;
  const options: ProbeObjectsOptions = {
    runId: 'doctor',
    image,
    nodePath,
    agentSource: '',
    ports,
    pullSecret,
    key: '',
    hostAddresses: [],
    prepared,
  };
  return Promise.all(
    (['pod', 'host'] as const).map(async (network) => {
      const namespace = prepared?.[network] ?? STAND_IN;
      const missing = await missingRights(client, [{ verb: 'create', group: '', resource: 'pods', namespace }]);
      return tryNetwork(client, network, options, missing.length === 0);
    }),
  );
}
