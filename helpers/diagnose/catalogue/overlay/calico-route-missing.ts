import type { HostRoute } from '../../../model/facts/agent.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { deviceOf } from '../../evidence/felix.ts';
import { distinct, ids, listed, overlayFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { routeTo } from '../../evidence/wrapped.ts';
import { provedIf } from '../../match.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { calicoTunnelAddressDuplicate } from './calico-tunnel-address-duplicate.ts';
import { calicoWrongNodeAddress } from '../underlay/calico-wrong-node-address.ts';

/** Whether a node's routes lead nowhere of their own for an address: a default route is the way to the outside. */
function lacks(routes: readonly HostRoute[], ip: string): boolean {
  const route = routeTo(routes, ip);
  return !route || route.reject || route.destination.endsWith('/0');
}

/** A node has no route to the pods of another: nobody has told it of their block. */
export const calicoRouteMissing: CatalogueEntry = {
  code: 'calico-route-missing',
  title: (locations) => `Calico has given a node no route to another's pods: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, calicoWrongNodeAddress],
  // No kernel takes a route by a tunnel address that is its own.
  yieldsTo: [calicoTunnelAddressDuplicate],
  match: (view) => {
    const kind = view.cluster.overlay?.value.kind;
    if (!kind?.startsWith('calico')) return [];
    return [...view.pairs.values()].flatMap(({ from, to }): Match[] => {
      const { routes } = view.host(from);
      const failed = overlayFailures(view, from, to);
      const asked = failed.flatMap(({ source, destination }) =>
        source.node === from && destination.node === to && destination.network === 'pod' ? (destination.ip ?? []) : [],
      );
      if (!routes) return [];
      const theirs = view.host(to).routes;
      // An address that is none of Calico's there is one that no other node learns of.
      const isOfCalico = (ip: string) => !theirs || deviceOf(theirs.value, ip)?.startsWith('cali') === true;
      const pods = distinct(asked).filter((ip) => lacks(routes.value, ip) && isOfCalico(ip));
      const [first] = pods;
      if (first === undefined) return [];
      const knows = view.nodes.flatMap((node) => {
        const third = node === from || node === to ? undefined : view.host(node).routes;
        const route = third && routeTo(third.value, first);
        return third && route?.gateway !== undefined && !route.destination.endsWith('/0')
          ? [{ text: `${node} has one: ${route.destination} by ${route.gateway}`, id: third.id }]
          : [];
      });
      return [
        // Without a tunnel a router behind the default route may know the way.
        provedIf(kind !== 'calico-bgp' && theirs, {
          at: { from, to },
          evidence: [
            say(`${from} has no route to ${listed(pods)}, of ${to}`, routes.id, ...ids(failed).slice(0, 10)),
            knows[0] && say(knows[0].text, knows[0].id),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis: ids(failed),
        }),
      ];
    });
  },
  remedy: (_view, [first]) => [
    {
      text:
        `See why calico-node of ${first?.from ?? 'the node'} has not the route. With IPIP, or without a tunnel, BIRD ` +
        `writes it while its BGP session to ${first?.to ?? 'the other node'} stands (TCP 179 between nodes, or to ` +
        'the route reflector): kubectl -n kube-system get pods -l k8s-app=calico-node -o wide, and birdcl show ' +
        'protocols in that pod. With VXLAN felix writes it. Then delete that pod, which starts anew.',
    },
  ],
  verify: ({ from, to }) => verifyRun('pod-to-pod', `what ${from} asks of pods on ${to} is answered`),
  parts: ({ from }) => `ssh ${from} ip route # a route to the block of each other node`,
};
