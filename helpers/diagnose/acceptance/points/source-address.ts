import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { clientAddressOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';
import { point } from '../point.ts';

/** Whether pods are seen by other pods under their own addresses, as a network of Kubernetes has to have it. Pure. */
export function sourceAddressPoints(view: View): AcceptancePoint[] {
  const seen = view.probes.flatMap((probe) => {
    const address = clientAddressOf(probe);
    const { source, destination } = probe;
    // By a Service it may be another's: kube-proxy can be told to translate all.
    const isDirect = probe.suite === 'pod-to-pod' && source.network === 'pod' && destination.network === 'pod';
    return isDirect && address !== undefined && source.ip !== undefined
      ? [{ id: probe.id, source, destination, address }]
      : [];
  });
  const other = seen.filter(({ source, address }) => address !== source.ip);
  const nodes = Map.groupBy(other, ({ source }) => source.node);
  return [
    point({
      area: 'source-address',
      title: 'pods are seen by pods under their own addresses',
      wrong: [...nodes].map(([node, [first, ...rest]]) => ({
        ...(node !== undefined && { node }),
        text:
          `${first?.destination.node} saw ${first?.source.ip} of ${node} as ${first?.address}` +
          (rest.length > 0 ? `, and ${rest.length} more of that node likewise` : ''),
      })),
      unknown: seen.length === 0 ? [{ text: 'no pod said from what address it was asked' }] : [],
      note: `${seen.length} probes`,
      remedy: 'Take the rule away that masquerades traffic between pods: iptables-save -t nat on both nodes.',
      observations: seen.map(({ id }) => id),
    }),
  ];
}
