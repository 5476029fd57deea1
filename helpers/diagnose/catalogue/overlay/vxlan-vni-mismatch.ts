import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { arrival } from '../../view/pairs.ts';
import { distinct, ids, inSetting, overlayFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { CLOSED_SHARE, EXPLAINED_SHARE } from '../../../model/thresholds.ts';
import { candidate, proved, provedIf } from '../../match.ts';

/** How a node's tunnel differs from those of most others, in words; nothing where it does not or is not known. */
function differences(view: View, node: string): string[] {
  const [own, most] = [view.overlay.on(node), view.overlay.on()];
  const differ = (name: 'vni' | 'port') =>
    own[name] !== undefined && most[name] !== undefined && own[name] !== most[name];
  return [
    ...(differ('vni') ? [`network identifier ${own.vni} (${own.device}), and most others ${most.vni}`] : []),
    ...(differ('port') ? [`UDP port ${own.port} for its tunnel, and most others ${most.port}`] : []),
  ];
}

/** What differs by what the nodes' own kernels and annotations say, without SSH. */
function oddOnes(view: View): Match[] {
  return view.nodes.flatMap((node): Match[] => {
    const found = differences(view, node);
    const { failed } = overlayFailuresAt(view, node);
    if (found.length === 0 || failed.length === 0) return [];
    return [
      provedIf(view.overlay.isAgreed, {
        at: { node },
        evidence: found.map((text) => say(`${node} has ${text}`, ...view.overlay.cited(node))),
        impact: [{ kind: 'overlay-node', node }],
        basis: failed,
      }),
    ];
  });
}

/** A node's tunnel has another network identifier or another UDP port than those of the rest. */
export const vxlanVniMismatch: CatalogueEntry = {
  code: 'vxlan-vni-mismatch',
  title: (locations) =>
    `the node's tunnel has another VXLAN identifier or port than the cluster: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-link', 'nft-ruleset'],
  match: (view) => {
    const wanted = view.overlay.on().vni;
    const seen = oddOnes(view);
    const known = seen.map(({ location }) => location.node);
    const odd = view.nodes.flatMap((node): Match[] => {
      if (known.includes(node)) return [];
      const links = view.ssh(node).links;
      const id = links?.value.find(({ name }) => name === view.overlay.on(node).device)?.vxlan?.vni;
      const { failed } = overlayFailuresAt(view, node);
      if (wanted === undefined || id === undefined || id === wanted || failed.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${view.overlay.device(node)} on ${node} has network identifier ${id}, the cluster uses ${wanted}`,
              links?.id,
              view.cluster.overlay?.id,
            ),
          ],
          impact: [{ kind: 'overlay-node', node }],
          basis: failed,
        }),
      ];
    });
    const swallowing = [...view.pairs.values()].filter(({ bursts }) =>
      bursts.some(
        ({ readings }) =>
          readings.sent > 0 &&
          arrival(readings) === 'all' &&
          readings.tunnelRx !== undefined &&
          readings.tunnelRx <= readings.sent * CLOSED_SHARE &&
          Object.keys(readings.sendErrors).length === 0 &&
          (readings.receiverUdp['InErrors'] ?? 0) < readings.sent * EXPLAINED_SHARE &&
          (readings.receiverUdp['NoPorts'] ?? 0) < readings.sent * EXPLAINED_SHARE,
      ),
    );
    const open = distinct(swallowing.map(({ to }) => to)).filter(
      (node) => view.ssh(node).links === undefined && !seen.some(({ confidence }) => confidence === 'proved'),
    );
    return [
      ...seen,
      ...odd,
      ...open.map((node): Match => {
        const pairs = swallowing.filter(({ to }) => to === node);
        const bursts = pairs.flatMap(({ bursts: own }) => own.map(({ id }) => id));
        return candidate({
          at: { node },
          evidence: [
            say(
              `VXLAN datagrams arrive at ${node} and vanish before its tunnel device without a counter: the ` +
                'device may listen for another network',
              ...bursts,
            ),
          ],
          impact: [{ kind: 'overlay-node', node }],
          basis: [...bursts, ...pairs.flatMap(({ from, to }) => ids(overlayFailures(view, from, to)))],
        });
      }),
    ];
  },
  remedy: ({ overlay }, [at]) => [
    {
      text:
        `Give all nodes the same identifier${inSetting(overlay.traits.settings.vni)} and port` +
        `${inSetting(overlay.traits.settings.port)}, delete ` +
        `${overlay.device(at?.node)} on the odd node and ${overlay.traits.restart} there.`,
    },
  ],
  shows: 'the same vxlan id on every node',
  verify: ({ node }, { overlay }) => `ssh ${node} ip -d link show ${overlay.device(node)}`,
  parts: ({ node }, { overlay }) => `ssh ${node} ip -d link show ${overlay.device(node)}`,
};
