import type { ProbeObservation } from '../../model/observation.ts';
import type { EndpointInfo } from '../../model/topology.ts';
import { qualified, type SeenService } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import { answeredByOf } from '../view/answers.ts';

/** An endpoint of a Service with the probes that asked it by its own address. */
export interface AskedEndpoint {
  service: SeenService;
  name: string;
  endpoint: EndpointInfo;
  probes: ProbeObservation[];
  /** From the host network of the endpoint's own node: past overlay, bridge and policies. */
  atHome: ProbeObservation[];
}

export function askedEndpoints(view: View): AskedEndpoint[] {
  const asked = Map.groupBy(
    view.probes.filter(({ role }) => role === 'endpoint'),
    ({ destination }) => destination.ip ?? '',
  );
  return view.cluster.services.flatMap((service) =>
    service.value.endpoints.flatMap((endpoint): AskedEndpoint[] => {
      const name = qualified(service);
      const probes = (asked.get(endpoint.ip) ?? []).filter(({ destination }) => destination.name === name);
      return probes.length === 0
        ? []
        : [
            {
              service,
              name,
              endpoint,
              probes,
              atHome: probes.filter(({ source }) => source.network === 'host' && source.node === endpoint.node),
            },
          ];
    }),
  );
}

/**
 * Whether pods came and went while the run looked: a Service was answered by a pod that was none of its endpoints at
 * the start.
 */
export function changed(view: View, service: SeenService): boolean {
  const known = new Set(service.value.endpoints.map(({ pod }) => pod));
  return view.probes.some(
    (probe) =>
      view.path(probe).service === qualified(service) &&
      answeredByOf(probe).some((text) => !known.has(text.split(' on ')[0])),
  );
}
