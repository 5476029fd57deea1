import type { CatalogueEntry, Match } from '../entry.ts';
import { heard } from '../view/pairs.ts';
import { ids, overlayFailures, placeOf, say } from './support.ts';

/** Nothing at all passes between two nodes that are both alive. */
export const nodePathDown: CatalogueEntry = {
  code: 'node-path-down',
  title: (locations) => `nothing passes between the nodes' own addresses: ${placeOf(locations)}`,
  layer: 'underlay',
  severity: 'critical',
  dependsOn: ['node-not-ready-endpoints', 'flannel-wrong-interface'],
  needs: ['TCP and UDP between the hosts, and that nothing else was heard', 'the neighbour table of the sender'],
  sets: ['ip-neigh'],
  match: (view) =>
    [...view.pairs.values()].flatMap((pair): Match[] => {
      const direct = pair.probes.filter(({ destination, role }) => destination.network === 'host' && role !== 'tunnel-echo' && role !== 'burst' && role !== 'plain-burst');
      const controls = direct.filter(({ verdict }) => verdict === 'fail');
      if (controls.length < 2 || direct.some(heard) || !pair.of('control-tcp').some(({ verdict }) => verdict === 'fail')) return [];
      const address = view.cluster.nodes.get(pair.to)?.value.internalIp;
      const neighbours = view.ssh(pair.from).neighbours;
      const dead = neighbours?.value.find(({ dst, state = [] }) => dst === address && state.some((each) => ['FAILED', 'INCOMPLETE'].includes(each)));
      const burst = pair.bursts.find(({ outcome }) => outcome === 'open' || outcome === 'arrives-dropped' || outcome === 'lossy');
      if (burst) return [];
      return [
        {
          confidence: dead ? 'proved' : 'candidate',
          location: { from: pair.from, to: pair.to },
          evidence: [
            say(`none of ${controls.length} probes from ${pair.from} to the address of ${pair.to} got an answer`, ...ids(controls)),
            ...(dead ? [say(`${pair.from} gets no answer from ${address} on the link itself (neighbour ${dead.state?.join(' ')})`, neighbours?.id)] : []),
          ],
          impact: [{ kind: 'underlay', from: pair.from, to: pair.to }],
          basis: [...ids(controls), ...pair.bursts.filter(({ outcome }) => outcome !== 'inconclusive').map(({ id }) => id), ...ids(overlayFailures(view, pair.from, pair.to))],
        },
      ];
    }),
  remedy: { k3s: 'Mend the route or the link between the two nodes: addresses and masks of the uplinks, routes, the private network they share.', hetzner: 'check that both servers are attached to the same network and that their private addresses come from DHCP as /32 with a route by the gateway.' },
  verify: ({ from, to }) => `ssh ${from} ping -c 3 ${to}`,
  parts: ({ from, to }) => `ssh ${from} ip neigh show to ${to}; ssh ${from} nc -zv -w 3 ${to} 10250`,
};
