import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { FORMER_NETWORKS, type FormerNetwork } from '../../../model/overlay/former.ts';
import { firewallOwners } from '../firewall-owners.ts';
import { few, point, type Trouble } from '../point.ts';
import { overlap } from '../../evidence/ranges.ts';
import type { View } from '../../view/view.ts';

interface Found {
  /** What acts on packets of today. */
  acting: Trouble[];
  /** What only lies there. */
  idle: string[];
  unknown: Trouble[];
  ids: (string | undefined)[];
}

/** Ranges in which pods have addresses now. */
const podRanges = (view: View): string[] => [
  ...(view.facts.one('ip-pools')?.value.flatMap(({ cidr, disabled }) => (disabled ? [] : [cidr])) ?? []),
  ...[...view.cluster.nodes.values()].flatMap(({ value }) => value.podCidrs),
];

function ofNetwork(view: View, node: string, former: FormerNetwork): Found {
  const links = view.facts.one('ssh/ip-link', node);
  const routes = view.facts.one('ssh/ip-route', node);
  const { cni } = view.ssh(node);
  const owners = firewallOwners(view, node);
  // The module ipip brings a device tunl0 that is down: it is nobody's.
  const devices = (links?.value ?? []).filter(({ name, flags }) => former.devices.test(name) && flags.includes('UP'));
  const ranges = podRanges(view);
  const ways = (routes?.value ?? []).filter(
    ({ nextHops, destination, type }) =>
      type === 'unicast' &&
      nextHops.some(({ device = '', flags }) => former.devices.test(device) && !flags.includes('linkdown')) &&
      ranges.some((range) => overlap(range, destination)),
  );
  const files = (cni?.value ?? []).flatMap(({ path }) => (former.files.test(path) ? [path] : []));
  const rules = owners?.rules(former.owner) ?? [];
  const masquerades = rules.filter(({ verdict }) => verdict?.kind === 'masquerade' || verdict?.kind === 'snat');
  const bridged = (links?.value ?? []).filter(({ master }) => master !== undefined && former.devices.test(master));
  const missing = [
    ...(links && routes ? [] : ['devices and routes']),
    ...(cni ? [] : ['network configuration']),
    ...(owners ? [] : ['rules']),
  ];
  return {
    acting: [
      ...(ways.length > 0
        ? [{ node, text: `${node}: routes of ${former.name}: ${few(ways.map(({ destination }) => destination))}` }]
        : []),
      ...files.map((path) => ({ node, text: `${node}: ${path} of ${former.name}` })),
      ...(masquerades.length > 0
        ? [{ node, text: `${node}: ${masquerades.length} rules of ${former.name} that masquerade` }]
        : []),
      ...(bridged.length > 0
        ? [{ node, text: `${node}: ${bridged.length} pods on the bridge of ${former.name}` }]
        : []),
    ],
    idle: [
      ...devices.map(({ name }) => `${node}: device ${name} of ${former.name}`),
      ...(rules.length > masquerades.length ? [`${node}: ${rules.length} rules of ${former.name}`] : []),
    ],
    unknown: missing.length > 0 ? [{ node, text: `${node}: ${missing.join(' and ')} were not read (SSH, root)` }] : [],
    ids: [links?.id, routes?.id, cni?.id, ...(owners?.ids ?? [])],
  };
}

/** Rules of K3s' own policy controller where it is switched off: they hold what was last applied. */
function ofPolicies(view: View, node: string): Found {
  const isOff = [...view.cluster.nodes.values()].some(({ value }) =>
    /disable-network-policy/.test(value.annotations['k3s.io/node-args'] ?? ''),
  );
  const rules = isOff ? (firewallOwners(view, node)?.rules('kube-router') ?? []) : [];
  const text = `${node}: ${rules.length} rules of K3s' policy controller, which is off`;
  return { acting: rules.length > 0 ? [{ node, text }] : [], idle: [], unknown: [], ids: [] };
}

/** Rules of kube-proxy in its mode iptables beside those in its mode nftables: both translate. */
function ofProxy(view: View, node: string): Found {
  const nft = view.facts.one('ssh/nft-ruleset', node);
  const isNft = nft?.value.rules.some(({ table }) => table === 'kube-proxy');
  const rules = isNft ? (firewallOwners(view, node)?.rules('kube-proxy') ?? []) : [];
  const old = rules.filter(({ chain }) => /^KUBE-(SVC|SEP)-/.test(chain));
  const text = `${node}: ${old.length} rules of kube-proxy's mode iptables beside those of its mode nftables`;
  return { acting: old.length > 0 ? [{ node, text }] : [], idle: [], unknown: [], ids: [nft?.id] };
}

/** What a network left that does not run any more. What lies there and does nothing is said, and is no failure. */
export function leftOverPoints(view: View): AcceptancePoint[] {
  const area = 'left-overs';
  const title = 'nothing of a former network acts on packets';
  const former = FORMER_NETWORKS[view.cluster.overlay?.value.kind ?? 'unknown'];
  if (!former) return [point({ area, title, unknown: [{ text: 'which network runs is not known' }] })];
  const found = view.nodes.flatMap((node) => [
    ...former.map((each) => ofNetwork(view, node, each)),
    ofPolicies(view, node),
    ofProxy(view, node),
  ]);
  const idle = [...new Set(found.flatMap((each) => each.idle))];
  const unread = new Map(found.flatMap(({ unknown }) => unknown).map((each) => [each.text, each]));
  return [
    point({
      area,
      code: 'cni-leftovers',
      title,
      wrong: found.flatMap(({ acting }) => acting),
      unknown: [...unread.values()],
      ...(idle.length > 0 && { note: `left over, and does nothing: ${few(idle, 6)}` }),
      remedy:
        'Remove the files, then the devices (ip link delete) and the chains in both backends of ' +
        'iptables, or restart the node.',
      observations: [...new Set(found.flatMap(({ ids }) => ids))],
    }),
  ];
}
