import type { V1Pod } from '@kubernetes/client-node';
import type { IngressPod } from '../../model/topology.ts';
import { servedByServiceLb } from './host-ports.ts';

/** What a diagnosis needs to know of a pod of an ingress. */
export function ingressPod(pod: V1Pod): IngressPod {
  const { metadata, spec, status } = pod;
  const containers = status?.containerStatuses ?? [];
  // One that has ended is about to wait: a pod that starts again and again is in either state.
  const down = containers.find(({ state }) => state?.waiting ?? state?.terminated);
  const reason = down?.state?.waiting?.reason ?? down?.state?.terminated?.reason;
  const served = servedByServiceLb(pod);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    node: spec?.nodeName ?? '',
    ready: containers.length > 0 && containers.every(({ ready }) => ready),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(down && { container: down.name, waitingReason: reason ?? '' }),
    ...(served !== undefined && { serviceLb: served }),
    ...(spec?.hostNetwork && { hostNetwork: true }),
    labels: metadata?.labels ?? {},
  };
}
