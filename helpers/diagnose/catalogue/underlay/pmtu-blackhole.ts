import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { oddMtus } from '../../evidence/odd-mtu.ts';
import { largeOnly, mtusOf } from '../../evidence/sizes.ts';
import { fullSizeLost, sickNodes } from '../../evidence/sick-nodes.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved, provedIf } from '../../match.ts';

/** Whether a node's own tunnel carries less than its pods believe. */
function isNarrow(view: View, node: string): boolean {
  const [tunnel, bridge] = [view.overlay.on(node).device, view.overlay.traits.bridge].map(
    (name) => view.host(node).link(name)?.mtu,
  );
  return tunnel !== undefined && bridge !== undefined && tunnel < bridge;
}

/** Pairs between which packets of the links' own full size are lost. */
const onTheWay = (view: View): Match[] =>
  largeOnly(view).flatMap(({ pair: { from, to }, failed, hostsFailed, fragmentsOnly }): Match[] => {
    const whole = hostsFailed.filter(({ role }) => role === 'udp-full' || role === 'tcp-large');
    const [a, b] = [mtusOf(view, from), mtusOf(view, to)];
    const tooLarge = [a, b].some((mtus) => mtus && mtus.tunnel > mtus.uplink - view.overlay.traits.overheadBytes);
    if (fragmentsOnly || (whole.length === 0 && (failed.length === 0 || (tooLarge && hostsFailed.length === 0))))
      return [];
    const agree = a !== undefined && b !== undefined && a.uplink === b.uplink;
    return [
      provedIf(whole.length > 0 && agree && !view.losesAPart, {
        at: { from, to },
        evidence: [
          ...(whole.length > 0
            ? [
                say(
                  `between the hosts ${from} and ${to} small packets pass, packets of the links' full size do not`,
                  ...ids(whole),
                ),
              ]
            : [say(`small packets pass from ${from} to ${to} over the overlay, large ones do not`, ...ids(failed))]),
          agree && say(`both uplinks have MTU ${a.uplink}`, a.id, b.id),
        ],
        impact: [
          { kind: 'overlay', from, to, only: 'large' },
          { kind: 'probes', ids: ids(hostsFailed) },
        ],
        basis: [...hostsFailed, ...failed],
      }),
    ];
  });

/** How what needs a large answer of a node fails where that is lost. */
const FOR_SIZE: ReadonlySet<string | undefined> = new Set(['timeout', 'no-reply', 'partial-loss', 'message-too-large']);

const sizedAt = (view: View, node: string): string[] =>
  ids(
    view.failing.filter((probe) => {
      const { size, nodes } = view.path(probe);
      return size !== 'small' && nodes.includes(node) && FOR_SIZE.has(probe.errorKind);
    }),
  );

/** Nodes whose card is of another size than those of all others. */
const atOddCard = (view: View): Match[] =>
  oddMtus(view).map(({ node, card, mtu, usual, cited, failed }) =>
    proved({
      at: { node },
      evidence: [
        say(`${card} of ${node} has MTU ${mtu}, the cards of all other nodes have ${usual}`, ...cited),
        say(
          `small packets pass between it and the others; of those over ${Math.min(mtu, usual)} bytes ` +
            `${failed.length} probes fail`,
          ...failed.slice(0, 12),
        ),
      ],
      impact: [
        { kind: 'overlay-node', node, only: 'large' },
        { kind: 'probes', ids: [...failed, ...sizedAt(view, node)] },
      ],
      basis: failed,
    }),
  );

/** Nodes that are not Ready since their own packets of full size get lost, the status that they report among them. */
const atSickNode = (view: View): Match[] =>
  sickNodes(view).flatMap((sick): Match[] => {
    const { node, info, words } = sick;
    const lost = fullSizeLost(view, sick);
    if (!lost) return [];
    return [
      provedIf(lost.isTried, {
        at: { node },
        evidence: [
          say(lost.text, ...lost.ids),
          say(`its kubelet's reports are larger than a packet; Kubernetes says of ${node}: ${words}`, info.id),
        ],
        impact: [{ kind: 'node', node }],
        basis: ids(view.failing.filter(({ source, destination }) => source.node === node || destination.node === node)),
      }),
    ];
  });

/** The path between two nodes carries less than their own links, and nobody tells them. */
export const pmtuBlackhole: CatalogueEntry = {
  code: 'pmtu-blackhole',
  title: (locations) => `the path carries smaller packets than the nodes' links, silently: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const odd = atOddCard(view);
    const isOdd = (node: string) => odd.some(({ location }) => location.node === node);
    const narrow = view.nodes.filter((node) => isNarrow(view, node) && !isOdd(node));
    const atNode = narrow.flatMap((node): Match[] => {
      const failed = largeOnly(view)
        .filter(({ pair }) => pair.from === node || pair.to === node)
        .flatMap((each) => each.failed);
      if (failed.length === 0) return [];
      const host = view.host(node);
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${view.overlay.device(node)} on ${node} has MTU ` +
                `${host.link(view.overlay.on(node).device)?.mtu}, the bridge of its pods has ` +
                `${host.link(view.overlay.traits.bridge)?.mtu}`,
              host.links?.id,
            ),
            say(
              'small packets pass between its pods and other nodes, large ones do not, and no pod is told of the ' +
                'smaller size',
              ...ids(failed).slice(0, 10),
            ),
          ],
          impact: [{ kind: 'overlay-node', node, only: 'large' }],
          basis: failed,
        }),
      ];
    });
    const sick = atSickNode(view).filter(({ location }) => !isOdd(location.node ?? ''));
    const told = new Set([...narrow, ...[...odd, ...sick].map(({ location }) => location.node ?? '')]);
    return [
      ...odd,
      ...sick,
      ...atNode,
      ...onTheWay(view).filter(({ location: { from = '', to = '' } }) => !told.has(from) && !told.has(to)),
    ];
  },
  remedy: () => [
    {
      text:
        'Let ICMP "fragmentation needed" (type 3 code 4) through, or give uplinks, overlay and pods the size that ' +
        'the path carries, or clamp the MSS.',
    },
  ],
  shows: 'a size that the path carries',
  verify: ({ from, to, node }, { overlay }) =>
    node ? `ssh ${node} ip link show ${overlay.device(node)}` : `ssh ${from} tracepath -n ${to}`,
  parts: ({ from, to, node }) => (node ? `ssh ${node} ip link` : `ssh ${from} ping -M do -s 1472 -c 3 ${to}`),
};
