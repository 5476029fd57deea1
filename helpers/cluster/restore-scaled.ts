import type { ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';
import { readMark, SCALED } from './scaled-mark.ts';
import { restore } from './scaling.ts';

/** What became of the Deployments that killed runs had scaled. */
export interface RestoredScaled {
  /** Those that were put back, as `NAMESPACE/NAME`. */
  restored: string[];
  /** Why others were not, one text each. */
  troubles: string[];
}

/**
 * Puts back every Deployment that a run has scaled and, since it was killed, did not put back. Where Deployments may
 * not be read there is none: who may scale them may read them. Never throws.
 */
export async function restoreScaled(client: ClusterClient): Promise<RestoredScaled> {
  const { value } = await reading(
    client,
    listAll((page) => client.apps.listDeploymentForAllNamespaces({ ...page, labelSelector: `${SCALED}=true` })),
  );
  const ended: RestoredScaled = { restored: [], troubles: [] };
  for (const { metadata } of value ?? []) {
    const { name = '', namespace = '', annotations } = metadata ?? {};
    const was = readMark(annotations);
    const { notObserved } = was
      ? await reading(client, restore(client, { name, namespace, labels: {}, ...was }))
      : { notObserved: `its annotation ${SCALED} does not say what it was` };
    if (notObserved === undefined) ended.restored.push(`${namespace}/${name}`);
    else
      ended.troubles.push(
        `${namespace}/${name} was scaled by a run that was killed, and is not put back: ${notObserved}`,
      );
  }
  return ended;
}
