import type { ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { distinct } from './support.ts';

/** One host with everything that asked for it. */
export interface IngressHost {
  host: string;
  probes: ProbeObservation[];
  service?: string;
}

export function ingressHosts(view: View): IngressHost[] {
  const ingress = view.probes.filter(({ suite, verdict }) => suite === 'ingress' && verdict !== 'inconclusive');
  return distinct(ingress.flatMap(({ destination }) => destination.name ?? [])).map((host) => {
    const probes = ingress.filter(({ destination }) => destination.name === host);
    return { host, probes, service: probes.flatMap((probe) => view.path(probe).service ?? [])[0] };
  });
}
