import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf, hasIpv6, IPV6, primaryOf } from './makes/families.ts';
import { FABRIC_RANGE } from './makes/ranges.ts';
import { namespaceOf } from './paths.ts';
import { cardLines, makeGateway } from './hetzner.ts';
import type { LabSettings } from './makes/settings.ts';
import { uplinkOf } from './makes/underlay.ts';
import { ipBatch, run, inNetns, quietly } from './run-in.ts';
import { outsideOf, type LabNode } from './topology.ts';

/** Where `ip netns exec` looks for the files that it puts over /etc. */
const NETNS_ETC = '/etc/netns';

/** The hosts of the incident, which the runner resolves to the load balancer as the public DNS did. */
export const HOSTS = {
  'platform.keybuzz.io': 'keybuzz-ui',
  'platform-api.keybuzz.io': 'keybuzz-api',
  'my.keybuzz.io': 'keybuzz-my-ui',
} as const;

/**
 * The default route of the nodes leads to an address where nobody is: the kernel wants a route before Service addresses
 * are translated.
 */
const NOBODY = '10.0.0.1';

const FABRIC_PREFIX = FABRIC_RANGE.split('/')[1];

/** Someone with a card of their own in the network between the nodes. */
export interface Member {
  what: string;
  addresses: string[];
  isNode?: boolean;
}

function members(nodes: LabNode[], settings: LabSettings): Member[] {
  const { runner, resolver, loadBalancer } = outsideOf(settings);
  return [
    { what: 'runner', addresses: [runner] },
    { what: 'edge', addresses: [resolver, loadBalancer] },
    ...nodes.map(({ name, address }) => ({ what: name, addresses: [address], isNode: true })),
  ];
}

/** Names of every namespace of a lab. */
function namespacesOf(lab: string, nodes: LabNode[], settings: LabSettings): string[] {
  const gateway = settings.underlay === 'hetzner' ? ['gateway'] : [];
  const own = ['fabric', ...gateway, ...members(nodes, settings).map(({ what }) => what)];
  return own.map((what) => namespaceOf(lab, what));
}

/** The card of a member: a node's is called as at its provider. */
const cardOf = ({ isNode }: Member, settings: LabSettings): string => (isNode ? uplinkOf(settings).name : 'eth0');

/** For whom an address is the way to what is not there. */
const defaultRoute = (via: string): string =>
  `route add ${via.includes(':') ? '::/0' : '0.0.0.0/0'} via ${via} dev eth0`;

/** How a member has its addresses on one link with all others, and how a node finds what is not there. */
const flatLines = ({ addresses, isNode }: Member, settings: LabSettings): string[] => [
  ...addresses
    .flatMap((address) => addressesOf(address, settings))
    .map((address) =>
      address.includes(':')
        ? `addr add ${address}/${IPV6.nodes.split('/')[1]} dev eth0 nodad`
        : `addr add ${address}/${FABRIC_PREFIX} dev eth0`,
    ),
  'link set eth0 up',
  ...(isNode ? addressesOf(primaryOf(NOBODY, settings), settings).map(defaultRoute) : []),
];

/**
 * The wire between the nodes: a bridge in a namespace of its own, without uplink and without a netfilter of its own,
 * and one veth pair to each member, made inside the namespaces so that labs with the same node names do not meet.
 */
export async function makeFabric(lab: string, nodes: LabNode[], settings: LabSettings): Promise<void> {
  const fabric = namespaceOf(lab, 'fabric');
  const all = members(nodes, settings);
  const namespaces = namespacesOf(lab, nodes, settings);
  await ipBatch(namespaces.map((namespace) => `netns add ${namespace}`));
  await Promise.all(
    namespaces.map((namespace) =>
      hasIpv6(settings) && namespace !== fabric
        ? quietly(namespace, { 'net.ipv6.conf.default.accept_ra': '0', 'net.ipv6.conf.default.accept_dad': '0' })
        : quietly(namespace, { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' }),
    ),
  );
  await ipBatch(['link add br0 type bridge', 'link set br0 up', 'link set lo up'], fabric);
  // A bridge that asked iptables would be a router; faults put into the fabric are put there by nft's bridge family.
  await quietly(fabric, {
    'net.bridge.bridge-nf-call-iptables': '0',
    'net.bridge.bridge-nf-call-ip6tables': '0',
  });
  await ipBatch(
    all.map(
      (member, index) =>
        `link add veth${index} netns ${fabric} type veth peer name ${cardOf(member, settings)} netns ` +
        namespaceOf(lab, member.what),
    ),
  );
  await ipBatch(
    all.map((_, index) => `link set veth${index} master br0 up`),
    fabric,
  );
  if (settings.underlay === 'hetzner') await makeGateway(lab, all);
  await Promise.all(
    all.map(async (member, index) => {
      const namespace = namespaceOf(lab, member.what);
      const card = cardOf(member, settings);
      await ipBatch(
        [
          'link set lo up',
          ...(settings.underlay === 'hetzner' ? cardLines(member, card) : flatLines(member, settings)),
        ],
        namespace,
      );
      // A real wire carries checksums that were computed: with offload on, veth hands over packets whose checksum
      // nobody looks at.
      await run(inNetns(namespace, ['ethtool', '-K', card, 'tx', 'off']), { reject: false });
      await run(inNetns(fabric, ['ethtool', '-K', `veth${index}`, 'tx', 'off']), { reject: false });
    }),
  );
}

/**
 * What the runner resolves: the incident's hosts to the load balancer, and everything else by the fabric's resolver.
 */
export async function writeRunnerFiles(lab: string, settings: LabSettings): Promise<void> {
  const folder = join(NETNS_ETC, namespaceOf(lab, 'runner'));
  const { resolver, loadBalancer } = outsideOf(settings);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'hosts'), `127.0.0.1 localhost\n${loadBalancer} ${Object.keys(HOSTS).join(' ')}\n`);
  await writeFile(join(folder, 'resolv.conf'), `nameserver ${resolver}\n`);
}

/** Removes them, and the folder that held them when nothing else is in it. */
export async function removeRunnerFiles(lab: string): Promise<void> {
  await rm(join(NETNS_ETC, namespaceOf(lab, 'runner')), { recursive: true, force: true });
  await run(['rmdir', '--ignore-fail-on-non-empty', NETNS_ETC], { reject: false });
}
