import type { V1Pod } from '@kubernetes/client-node';
import type { ClusterClient } from '../../cluster/connect.ts';
import { labelSelectorOf } from '../../cluster/label-selector.ts';
import type { ProbePod } from '../../model/run-context.ts';
import { probeNamespaces, probeSelector } from '../../probe/manifests.ts';
import type { ProbeNamespaces } from '../../model/run-context.ts';

const isRunning = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.phase === 'Running' &&
  (status.containerStatuses ?? []).every(({ state }) => state?.running !== undefined);

/** The probe pods of a run that run now: those that were deleted are made anew under other names and addresses. */
export async function ownPods(
  { core }: ClusterClient,
  runId: string,
  prepared: ProbeNamespaces | undefined,
): Promise<ProbePod[]> {
  const namespaces = probeNamespaces(runId, prepared);
  const lists = await Promise.all(
    (['pod', 'host'] as const).map(async (network) => {
      const { items } = await core.listNamespacedPod({
        namespace: namespaces[network],
        labelSelector: labelSelectorOf(probeSelector(runId, network)),
        resourceVersion: '0',
      });
      return items.filter(isRunning).map(({ metadata, spec, status }): ProbePod => ({
        node: spec?.nodeName ?? '',
        network,
        namespace: namespaces[network],
        pod: metadata?.name ?? '',
        ip: status?.podIP ?? '',
        ips: (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []),
      }));
    }),
  );
  return lists.flat().filter(({ ip }) => ip !== '');
}
