import type { CatalogueEntry, Match } from '../../entry.ts';
import { inRange } from '../../evidence/ranges.ts';
import { translations } from '../../evidence/services.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

/** Any address of a Service tells, and every cluster has that of its DNS. */
const serviceAddress = ({ cluster: { dns } }: View): string => dns?.value.clusterIp ?? 'ADDRESS';

/**
 * A node has no route that covers the addresses of Services: what it sends to them itself ends before its rules could
 * rewrite it. Its pods are served, whose packets are rewritten before a route is looked for.
 */
export const noRouteToServices: CatalogueEntry = {
  code: 'no-route-to-services',
  title: (locations) => `no route covers the addresses of Services: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    translations(view, 'host').flatMap(({ node, probes, failed }): Match[] => {
      const refused = failed.filter(({ errorKind }) => errorKind === 'no-route');
      if (refused.length === 0 || refused.length < probes.length) return [];
      const { routes } = view.host(node);
      const addresses = distinct(refused.flatMap(({ destination }) => destination.ip ?? []));
      const covering = routes?.value.filter(({ destination }) =>
        addresses.some((address) => inRange(address, destination)),
      );
      // A route that is there and fails is another matter.
      if (covering && covering.length > 0) return [];
      const served = view.probes.filter(
        (probe) =>
          probe.source.node === node &&
          probe.source.network === 'pod' &&
          probe.verdict === 'pass' &&
          addresses.includes(probe.destination.ip ?? ''),
      );
      if (!routes && served.length === 0) return [];
      const own = view.failing.filter(
        ({ source, errorKind }) => source.node === node && source.network === 'host' && errorKind === 'no-route',
      );
      return [
        provedIf(routes, {
          at: { node },
          evidence: [
            say(
              `what ${node} itself sends to Services ends at once: ${refused[0]?.reason ?? 'no route'} ` +
                `(${refused.length} probes)`,
              ...ids(refused).slice(0, 20),
            ),
            routes &&
              say(`no route of ${node} covers ${addresses.join(', ')}, nor is there a default route`, routes.id),
            served.length > 0 && say(`pods of ${node} are served by the same addresses`, ...ids(served).slice(0, 6)),
          ],
          impact: [{ kind: 'probes', ids: ids(own) }],
          basis: refused,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Give the node a default route; one to an address where nobody is will do, as the kernel only wants a route ' +
        'before it rewrites the packet: ip route add default via ADDRESS of the node’s own network, and the same ' +
        'in its network configuration.',
    },
  ],
  shows: 'a route, and no error',
  verify: ({ node }, view) => `ssh ${node} ip route get ${serviceAddress(view)}`,
  parts: ({ node }, view) => `ssh ${node} ip route get ${serviceAddress(view)} # of a Service: a route, or an error`,
};
