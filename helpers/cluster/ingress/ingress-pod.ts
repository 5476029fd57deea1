import type { V1Pod } from '@kubernetes/client-node';
import type { IngressPod } from '../../model/topology.ts';
import { servedByServiceLb } from './host-ports.ts';

/** What a diagnosis needs to know of a pod of an ingress. */
export function ingressPod(pod: V1Pod): IngressPod {
  const { metadata, spec, status } = pod;
  const containers = status?.containerStatuses ?? [];
  const waiting = containers.find(({ state }) => state?.waiting);
  const served = servedByServiceLb(pod);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    node: spec?.nodeName ?? '',
    ready: containers.length > 0 && containers.every(({ ready }) => ready),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(waiting && { container: waiting.name, waitingReason: waiting.state?.waiting?.reason ?? '' }),
    ...(served !== undefined && { serviceLb: served }),
    ...(spec?.hostNetwork && { hostNetwork: true }),
    labels: metadata?.labels ?? {},
  };
}
