import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { OTHER_KINDS } from '../../model/policy-kinds.ts';
import { statusOf } from '../api-error.ts';
import type { ClusterClient } from '../connect.ts';
import { listAll } from '../pages.ts';
import { fromAdmin, type AdminPolicy } from './admin.ts';
import { fromCalico, type CalicoPolicy } from './calico.ts';
import { fromCilium, type CiliumPolicy } from './cilium.ts';
import type { PodPolicy } from './policy.ts';

/** How each kind comes into the common form. */
const READERS: Record<keyof typeof OTHER_KINDS, (kind: string, object: never) => PodPolicy[]> = {
  calico: fromCalico,
  calicoGlobal: fromCalico,
  cilium: fromCilium,
  ciliumClusterwide: fromCilium,
  admin: fromAdmin,
  baseline: fromAdmin,
};
const KINDS = Object.keys(READERS) as (keyof typeof READERS)[];

interface ListOf {
  items?: (CalicoPolicy & CiliumPolicy & AdminPolicy)[];
}

/** Kinds that a cluster does not know: most know none, and need not be asked again at every reading. */
const unknownTo = new WeakMap<ClusterClient, Set<string>>();

async function listKind(client: ClusterClient, key: keyof typeof READERS): Promise<PodPolicy[]> {
  const { kind, ...resource } = OTHER_KINDS[key];
  const unknown = unknownTo.get(client) ?? new Set();
  unknownTo.set(client, unknown);
  if (unknown.has(kind)) return [];
  try {
    const list: ListOf = await client.customObjects.listClusterCustomObject(resource);
    return (list.items ?? []).flatMap((object) => READERS[key](kind, object as never));
  } catch (error) {
    if (statusOf(error) === 404) unknown.add(kind);
    return [];
  }
}

/**
 * Policies of other kinds than Kubernetes' own. Never throws: a cluster that does not know a kind, or does not let us
 * read it, has none of it.
 */
export async function listOtherPolicies(client: ClusterClient): Promise<PodPolicy[]> {
  return (await Promise.all(KINDS.map((key) => listKind(client, key)))).flat();
}

/** Kubernetes' own policies, of all namespaces or of one. Throws as the client does. */
export const listPolicies = ({ networking }: ClusterClient, namespace?: string): Promise<V1NetworkPolicy[]> =>
  listAll((page) =>
    namespace === undefined
      ? networking.listNetworkPolicyForAllNamespaces(page)
      : networking.listNamespacedNetworkPolicy({ ...page, namespace }),
  );
