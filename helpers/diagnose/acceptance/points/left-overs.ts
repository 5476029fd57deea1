import { few } from '../../../few.ts';
import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { FORMER_NETWORKS, type FormerNetwork } from '../../../model/overlay/former.ts';
import { firewallOwners } from '../firewall-owners.ts';
import { point, type Trouble } from '../point.ts';
import type { NodeRoute } from '../../../model/routing.ts';
import { withoutK3sPolicies } from '../../evidence/denied.ts';
import { overlap } from '../../evidence/ranges.ts';
import type { View } from '../../view/view.ts';

interface Found {
  /** What acts on packets of today. */
  acting: Trouble[];
  /** Pods that are still on a bridge of that network. */
  bridged: Trouble[];
  /** What takes it away on the node, in this order. */
  commands: string[];
  /** What only lies there. */
  idle: string[];
  unknown: Trouble[];
  ids: (string | undefined)[];
}

const NOTHING: Found = { acting: [], bridged: [], commands: [], idle: [], unknown: [], ids: [] };

/** Ranges in which pods have addresses now. */
const podRanges = (view: View): string[] => [
  ...(view.facts.one('ip-pools')?.value.flatMap(({ cidr, disabled }) => (disabled ? [] : [cidr])) ?? []),
  ...[...view.cluster.nodes.values()].flatMap(({ value }) => value.podCidrs),
];

const devicesOf = ({ nextHops }: NodeRoute): string[] => nextHops.flatMap(({ device }) => device ?? []);

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
  const held = [...new Set([...devices.map(({ name }) => name), ...ways.flatMap(devicesOf)])];
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
    ],
    bridged:
      bridged.length > 0 ? [{ node, text: `${node}: ${bridged.length} pods on the bridge of ${former.name}` }] : [],
    // Its bridge carries pods until they are made anew.
    commands: [
      ...files.map((path) => `rm ${path}`),
      ...(bridged.length > 0 ? [] : held.toSorted().map((device) => `ip link delete ${device}`)),
      ...(rules.length > 0 ? withoutChains(view, node, WORDS[former.owner]) : []),
    ],
    idle: [
      ...devices.map(({ name }) => `${node}: device ${name} of ${former.name}`),
      ...(rules.length > masquerades.length ? [`${node}: ${rules.length} rules of ${former.name}`] : []),
    ],
    unknown: missing.length > 0 ? [{ node, text: `${node}: ${missing.join(' and ')} were not read (SSH, root)` }] : [],
    ids: [links?.id, routes?.id, cni?.id, ...(owners?.ids ?? [])],
  };
}

/** Words that all rules of an owner have, its jumps from the built-in chains among them. */
const WORDS: Record<FormerNetwork['owner'] | 'kube-router', string> = {
  flannel: 'FLANNEL|flanneld',
  calico: 'cali-|cali:',
  'kube-router': 'KUBE-(ROUTER|POD-FW|NWPLCY)',
  nobody: '^$',
};

/** The commands by which a node's tables lose the lines with a word, in each backend that has them. */
function withoutChains({ facts }: View, node: string, words: string): string[] {
  const has = new RegExp(words);
  const backends = [
    ['iptables', facts.one('ssh/iptables-save', node)],
    ['iptables-legacy', facts.one('ssh/iptables-legacy-save', node)],
  ] as const;
  return backends.flatMap(([name, ruleset]) =>
    ruleset?.value.rules.some(({ chain, text }) => has.test(chain) || has.test(text))
      ? [`${name}-save | grep -vE '${words}' | ${name}-restore`]
      : [],
  );
}

/** Rules of K3s' own policy controller where it is switched off: they hold what was last applied. */
function ofPolicies(view: View, node: string): Found {
  const isOff = withoutK3sPolicies(view) !== undefined;
  const rules = isOff ? (firewallOwners(view, node)?.rules('kube-router') ?? []) : [];
  const text = `${node}: ${rules.length} rules of K3s' policy controller, which is off`;
  return {
    ...NOTHING,
    acting: rules.length > 0 ? [{ node, text }] : [],
    commands: rules.length > 0 ? withoutChains(view, node, WORDS['kube-router']) : [],
  };
}

/** Rules of kube-proxy in its mode iptables beside those in its mode nftables: both translate. */
function ofProxy(view: View, node: string): Found {
  const nft = view.facts.one('ssh/nft-ruleset', node);
  const isNft = nft?.value.rules.some(({ table }) => table === 'kube-proxy');
  const rules = isNft ? (firewallOwners(view, node)?.rules('kube-proxy') ?? []) : [];
  const old = rules.filter(({ chain }) => /^KUBE-(SVC|SEP)-/.test(chain));
  const text = `${node}: ${old.length} rules of kube-proxy's mode iptables beside those of its mode nftables`;
  return { ...NOTHING, acting: old.length > 0 ? [{ node, text }] : [], ids: [nft?.id] };
}

/** What to type on which nodes; nodes with the same share a sentence. */
function remedyOf(commands: ReadonlyMap<string, readonly string[]>): string {
  const nodes = [...commands].filter(([, own]) => own.length > 0);
  const alike = Map.groupBy(nodes, ([, own]) => own.join('; '));
  const typed = [...alike].map(([line, of]) => `on ${few(of.map(([node]) => node))} as root: ${line}`);
  return [...typed, 'or restart the node'].join('; ');
}

/** What a network left that does not run any more. What lies there and does nothing is said, and is no failure. */
export function leftOverPoints(view: View): AcceptancePoint[] {
  const area = 'left-overs';
  const title = 'nothing of a former network acts on packets';
  const { kind = 'unknown', policies } = view.cluster.overlay?.value ?? {};
  // Under flannel's tunnel Calico may give pods their ends and keep policies, as in Canal: it is no former network.
  const former = FORMER_NETWORKS[kind]?.filter(({ owner }) => owner !== policies);
  if (!former) return [point({ area, title, unknown: [{ text: 'which network runs is not known' }] })];
  const ofNodes = view.nodes.map((node) => ({
    node,
    found: [...former.map((each) => ofNetwork(view, node, each)), ofPolicies(view, node), ofProxy(view, node)],
  }));
  const found = ofNodes.flatMap((each) => each.found);
  const idle = [...new Set(found.flatMap((each) => each.idle))];
  const unread = new Map(found.flatMap(({ unknown }) => unknown).map((each) => [each.text, each]));
  const observations = [...new Set(found.flatMap(({ ids }) => ids))];
  return [
    point({
      area,
      code: 'pods-on-former-network',
      title: 'no pod is on the bridge of a former network',
      wrong: found.flatMap(({ bridged }) => bridged),
      unknown: [...unread.values()],
      remedy: 'Make these pods anew, all of these nodes that are not on the host network: kubectl rollout restart.',
      observations,
    }),
    point({
      area,
      code: 'cni-leftovers',
      title,
      wrong: found.flatMap(({ acting }) => acting),
      unknown: [...unread.values()],
      ...(idle.length > 0 && { note: `left over, and does nothing: ${few(idle, 6)}` }),
      remedy: remedyOf(new Map(ofNodes.map(({ node, found: own }) => [node, own.flatMap((each) => each.commands)]))),
      observations,
    }),
  ];
}
