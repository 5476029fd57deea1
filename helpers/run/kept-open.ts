import { setTimeout as sleep } from 'node:timers/promises';
import { whyOf } from '../cluster/api-error.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { applyObject } from '../cluster/objects.ts';
import { enforced } from '../cluster/policies/engines.ts';
import { isLetThrough } from '../cluster/policies/decide.ts';
import { closingOf, probePods } from '../cluster/policies/guards.ts';
import { fromKubernetes } from '../cluster/policies/kubernetes.ts';
import { WAYS, type PodIdentity, type PodPolicy } from '../cluster/policies/policy.ts';
import { listOtherPolicies, listPolicies } from '../cluster/policies/read.ts';
import { reading } from '../cluster/reading.ts';
import type { Hole } from '../model/finding.ts';
import { MANAGED_BY_LABEL, OWNER } from '../model/own-labels.ts';
import type { ProbeNamespaces } from '../model/run-context.ts';
import { labelsOf, probeNamespaces, probeSelector } from '../probe/manifests.ts';
import { openPolicy } from '../probe/policies.ts';
import type { Look } from './look.ts';

/** Whoever enforces policies takes seconds to: kube-router one or two, felix one. */
const TAKEN_IN_MS = 5_000;

/** Whether the run's probe pods of the pod network are open to all, as pods are without a policy. */
export interface KeptOpen {
  /** Set where a policy shuts them and nothing may be done about it: what they ask says nothing of the network. */
  isShut?: true;
  holes: Hole[];
}

/**
 * Opens the probe pods before they start, where the cluster has policies: a policy engine may come to the namespace at
 * any time. Never rejects but for an interruption: what is refused is looked at once the pods run.
 */
export async function openBeforehand(client: ClusterClient, runId: string, signal: AbortSignal): Promise<void> {
  await applyObject(client, openPolicy(runId), signal).catch(() => signal.throwIfAborted());
}

const OF_PODS = 'the pod network of every node';

/** Those by which the probe pods do not reach each other, whatever a policy of the run's own allows. */
function overruling(others: readonly PodPolicy[], own: PodPolicy, pod: PodIdentity): string[] {
  const all = [...others, own];
  return WAYS.some((way) => isLetThrough(all, { pod, way, peer: pod }) === false)
    ? closingOf(others, pod).narrowing
    : [];
}

interface Probed {
  runId: string;
  looked: Pick<Look, 'topology' | 'policyEngines'>;
  prepared?: ProbeNamespaces;
}

/**
 * Policy engines put a policy that denies everything into each new namespace, the run's own among them, and so does a
 * policy of the whole cluster; what it drops would be called an outage. Policies add up: one of the run's own opens its
 * pods again, and goes with them, unless another denies that comes before it. A namespace that was prepared is left as
 * it is. Throws only when it is interrupted.
 */
export async function keptOpen(
  client: ClusterClient,
  { runId, looked: { topology, policyEngines }, prepared }: Probed,
  signal: AbortSignal,
): Promise<KeptOpen> {
  const namespace = probeNamespaces(runId, prepared).pod;
  const [{ value }, others] = await Promise.all([
    reading(client, listPolicies(client, namespace)),
    listOtherPolicies(client),
  ]);
  const policies = [...(value ?? []).map(fromKubernetes), ...enforced(others, policyEngines)];
  const pod = probePods(topology.nodes, namespace, { ...labelsOf(runId), ...probeSelector(runId, 'pod') });
  const own = fromKubernetes(openPolicy(runId));
  const isOwn = ({ kind, name }: PodPolicy): boolean => kind === own.kind && name === own.name;
  const overruled = prepared
    ? []
    : overruling(
        policies.filter((each) => !isOwn(each)),
        own,
        pod,
      );
  if (overruled.length > 0) {
    const why =
      `${overruled.join(', ')} shuts the probes, whatever a policy of theirs allows; one that comes before it and ` +
      `allows namespaces with the label ${MANAGED_BY_LABEL}=${OWNER} opens them`;
    return { isShut: true, holes: [{ what: OF_PODS, why }] };
  }
  const { narrowing, shutting } = closingOf(policies, pod);
  const closing = prepared ? shutting : narrowing;
  // What was opened beforehand is open, whatever else a policy denies to somebody.
  if (closing.length === 0 || policies.some(isOwn)) return { holes: [] };
  const who = `the network policy ${closing.join(', ')} for the namespace ${namespace}`;
  if (prepared) {
    const why = `${who} shuts the probes; one that lets pods with the label netwright/run in and out opens them`;
    return { isShut: true, holes: [{ what: OF_PODS, why }] };
  }
  try {
    await applyObject(client, openPolicy(runId), signal);
  } catch (error) {
    signal.throwIfAborted();
    const refusal = whyOf(error);
    return {
      isShut: true,
      holes: [{ what: OF_PODS, why: `${who} closes the probes, and a policy that opens them is refused: ${refusal}` }],
    };
  }
  await sleep(TAKEN_IN_MS, undefined, { signal });
  const why = `${who} was put there by the cluster; a policy of the run's own opens its pods`;
  return { holes: [{ what: 'new pods as the cluster closes them', why, isByChoice: true }] };
}
