import type { CatalogueEntry, Match } from '../../entry.ts';
import { count, ids, isSmallMesh, overlayFailures, overlayProbes, placeOf, say } from '../../evidence/support.ts';
import { DOUBTED_PATH_SHARE } from '../../../model/thresholds.ts';
import { candidate } from '../../match.ts';

const LEAST = 2;

/** Pods of two nodes do not reach each other, and nothing that was observed says why. */
export const overlayPathUndetermined: CatalogueEntry = {
  code: 'overlay-path-undetermined',
  title: (locations) => `the overlay loses traffic and the cause cannot be told: ${placeOf(locations)}`,
  layer: 'undetermined',
  dependsOn: [],
  sets: ['ip-link', 'ip-rule', 'ip-neigh', 'bridge-fdb', 'nft-ruleset', 'iptables-save'],
  match: (view) =>
    [...view.pairs.values()].flatMap(({ from, to, bursts }): Match[] => {
      const failed = overlayFailures(view, from, to);
      // Where what every pair is asked by passes, the path carries.
      if (!failed.some((probe) => isSmallMesh(probe) || probe.role === 'tunnel-echo')) return [];
      // One probe among many that pass is a symptom of its own, and no word about the path.
      if (failed.length < LEAST || failed.length < overlayProbes(view, from, to).length * DOUBTED_PATH_SHARE) return [];
      // A kernel that has no way to them says so to who asks on the node; a packet that is lost is not told of.
      const unrouted = failed.filter(
        ({ source, errorKind }) => source.node === from && source.network === 'host' && errorKind === 'no-route',
      );
      const burst = bursts.find(({ outcome }) => outcome !== 'inconclusive');
      return [
        candidate({
          at: { from, to },
          evidence: [
            say(`${failed.length} probes over the overlay between ${from} and ${to} fail`, ...ids(failed)),
            unrouted.length > 0 &&
              say(
                `${from} itself is told at once that no route leads to the pods of ${to} ` +
                  `(${count(unrouted.length, 'probe')}): ip route get and ip rule there say why`,
                ...ids(unrouted).slice(0, 6),
              ),
            burst && say(`VXLAN datagrams from ${from} to ${to}: ${burst.outcome}`, burst.id),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Follow a packet: it leaves the sender’s tunnel device, its uplink, arrives at the receiver’s uplink, its ' +
        'tunnel device, its bridge. The first place where it is missing is the fault.',
    },
  ],
  verify: () => 'netwright run',
  parts: ({ to }, { overlay }) =>
    `ssh ${to} tcpdump -nni any ${overlay.filter(to)} # and the same on ${overlay.device(to)} and ` +
    `${overlay.bridge}, while a pod is asked`,
};
