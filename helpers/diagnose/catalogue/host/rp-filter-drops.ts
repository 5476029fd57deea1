import type { Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, overlayFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { flannelLeaseWrongOrMissing } from '../overlay/flannel-lease-wrong-or-missing.ts';
import { LOST_ON_THE_WAY } from '../../../model/burst.ts';
import { provedIf } from '../../match.ts';

/** Fewer than this may be stray packets with odd sources. */
const LEAST_RISE = 10;

/** A node drops packets whose answer it would send by another device. */
export const rpFilterDrops: CatalogueEntry = {
  code: 'rp-filter-drops',
  title: (locations) => `reverse path filtering drops pod traffic: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, flannelLeaseWrongOrMissing],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const host = view.host(node);
      const rise = host.rise('netstat', 'TcpExt', 'IPReversePathFilter');
      const { failed } = overlayFailuresAt(view, node);
      if (!rise || rise.value < LEAST_RISE || failed.length === 0) return [];
      // What never came to the node was not dropped there, though others' stray packets are.
      const peers = view.nodes.filter((other) => other !== node);
      const cut = peers.filter((peer) => overlayFailures(view, peer, node).length > 0);
      const came = (peer: string) => !view.pair(peer, node)?.bursts.some(({ outcome }) => LOST_ON_THE_WAY.has(outcome));
      const from = cut.filter(came);
      if (cut.length > 0 && from.length === 0) return [];
      const strict = Object.entries(host.sysctls?.value ?? {})
        .filter(([key, value]) => key.endsWith('.rp_filter') && Number(value) === 1)
        .map(([key]) => key);
      if (
        host.sysctls &&
        strict.length === 0 &&
        !Object.entries(host.sysctls.value).some(([key, value]) => key.endsWith('.rp_filter') && Number(value) === 2)
      )
        return [];
      // Where only some peers are not reached, what comes from those is dropped.
      const locations: Location[] =
        from.length > 0 && from.length < peers.length ? from.map((peer) => ({ from: peer, to: node })) : [{ node }];
      return locations.map((location): Match =>
        provedIf(strict.length > 0, {
          at: location,
          evidence: [
            say(
              `${node} dropped ${rise.value} packets by reverse path filtering in the run (TcpExtIPReversePathFilter)`,
              rise.id,
            ),
            strict.length > 0 && say(`strict filtering is on: ${strict.slice(0, 4).join(', ')}`, host.sysctls?.id),
          ],
          impact: location.from
            ? [{ kind: 'overlay', from: location.from, to: node }]
            : [
                { kind: 'overlay-node', node },
                { kind: 'pods', node },
              ],
          basis: location.from ? ids(overlayFailures(view, location.from, node)) : ids(failed),
        }),
      );
    }),
  remedy: () => [
    {
      text:
        'Fix the route that leads the answer elsewhere; else set rp_filter to 2 or 0 for the tunnel device and for ' +
        '`all`, in /etc/sysctl.d.',
    },
  ],
  shows: 'a figure that does not rise during a run',
  verify: ({ node, to }) => `ssh ${node ?? to} nstat -az TcpExtIPReversePathFilter`,
  parts: ({ node, to }) => `ssh ${node ?? to} 'nstat -az TcpExtIPReversePathFilter; sysctl -a --pattern rp_filter'`,
};
