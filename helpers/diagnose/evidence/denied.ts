import { isJudged } from '../../model/observation.ts';
import type { Impact } from '../entry.ts';
import type { View } from '../view/view.ts';
import { askedEndpoints } from './endpoints.ts';
import { distinct, ids } from './support.ts';

/** A Service whose pods answer their own node and no pod, while pods beside them are reached. */
export interface DeniedService {
  name: string;
  nodes: string[];
  basis: string[];
  impact: Impact[];
  text: string;
}

export function deniedServices(view: View): DeniedService[] {
  return [...Map.groupBy(askedEndpoints(view), ({ name }) => name)].flatMap(([name, endpoints]): DeniedService[] => {
    const denied = endpoints.filter(({ endpoint, probes, atHome }) => {
      const fromPods = probes.filter(({ source }) => source.network === 'pod');
      const beside = view.probes.some(
        ({ role, destination, source, verdict, pathClass }) =>
          role === 'tcp-small' &&
          pathClass === 'pod-pod' &&
          destination.node === endpoint.node &&
          source.node !== endpoint.node &&
          verdict === 'pass',
      );
      const refused = fromPods.every(
        ({ verdict, errorKind }) =>
          !isJudged({ verdict }) ||
          (verdict === 'fail' && (errorKind === 'timeout' || errorKind === 'refused' || errorKind === 'prohibited')),
      );
      return (
        beside &&
        refused &&
        atHome.some(({ verdict }) => verdict === 'pass') &&
        fromPods.some(({ source, verdict }) => source.node === endpoint.node && verdict === 'fail')
      );
    });
    if (denied.length === 0) return [];
    return [
      {
        name,
        nodes: distinct(denied.flatMap(({ endpoint }) => endpoint.node ?? [])),
        basis: ids(denied.flatMap(({ probes }) => probes.filter(({ verdict }) => verdict === 'fail'))),
        impact: [
          { kind: 'service', service: name },
          ...denied.map(({ endpoint }) => ({ kind: 'endpoint' as const, ip: endpoint.ip })),
        ],
        text:
          `${denied.length} endpoints of ${name} answer their own node and no pod, while probe pods beside them ` +
          'are reached from other nodes',
      },
    ];
  });
}
