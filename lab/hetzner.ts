import type { Member } from './fabric.ts';
import { FABRIC_RANGE } from './makes/ranges.ts';
import { uplinkOf } from './makes/underlay.ts';
import { namespaceOf } from './paths.ts';
import { inNetns, ipBatch, quietly, run } from './run-in.ts';

// A private network of Hetzner Cloud: each server has its address as a /32 and reaches all others by one gateway, which
// forwards between them; no frame goes from server to server, and what has a source that is not the server's own is
// dropped. The public card has the default route.

const { mtu: MTU } = uplinkOf({ underlay: 'hetzner' });
const PRIVATE_GATEWAY = '10.0.0.1';
/** Hetzner's own, the same for every server. */
const PUBLIC_GATEWAY = '172.31.1.1';
/** RFC 5737: addresses of documents stand for the public ones. */
const PUBLIC_RANGE = '203.0.113.0/24';

/** The public address of a node, by the last number of its private one. */
export const publicAddress = (address: string): string =>
  PUBLIC_RANGE.replace(/0\/24$/, address.split('.').at(-1) as string);

/** How a member has its addresses and routes. */
export function cardLines({ addresses, isNode }: Member, card: string): string[] {
  const [address = ''] = addresses;
  return [
    ...addresses.map((each) => `addr add ${each}/32 dev ${card}`),
    `link set ${card} mtu ${MTU} up`,
    `route add ${PRIVATE_GATEWAY} dev ${card} scope link`,
    `route add ${FABRIC_RANGE} via ${PRIVATE_GATEWAY} dev ${card}`,
    ...(isNode
      ? [
          `addr add ${publicAddress(address)}/32 dev eth0`,
          'link set eth0 up',
          `route add ${PUBLIC_GATEWAY} dev eth0 scope link`,
          `route add default via ${PUBLIC_GATEWAY} dev eth0`,
        ]
      : []),
  ];
}

/** Each port takes only what has an address of its member as source. */
const sourceChecks = (members: Member[]): string =>
  [
    'table bridge underlay {',
    ' chain sources {',
    '  type filter hook prerouting priority -250',
    ...members.map(({ addresses }, index) => `  iifname "veth${index}" ip saddr != { ${addresses.join(', ')} } drop`),
    ' }',
    '}',
    '',
  ].join('\n');

/** The private network and the public one do not meet at the gateway. */
const APART = `table inet apart {
 chain forward {
  type filter hook forward priority 0
  iifname "private" oifname "public" drop
  iifname "public" oifname "private" drop
 }
}
`;

/** Makes the gateway of the private network and of the public one, the nodes' public cards, and the checks. */
export async function makeGateway(lab: string, members: Member[]): Promise<void> {
  const [fabric, gateway] = [namespaceOf(lab, 'fabric'), namespaceOf(lab, 'gateway')];
  const nodes = members.filter(({ isNode }) => isNode);
  await ipBatch(
    [
      'link add br1 type bridge',
      'link set br1 up',
      ...members.flatMap((_, index) => [
        `link set veth${index} mtu ${MTU}`,
        `link set veth${index} type bridge_slave isolated on`,
      ]),
      ...nodes.map(
        ({ what }, index) => `link add public${index} type veth peer name eth0 netns ${namespaceOf(lab, what)}`,
      ),
      ...nodes.flatMap((_, index) => [
        `link set public${index} master br1 up`,
        `link set public${index} type bridge_slave isolated on`,
      ]),
      `link add gateway0 mtu ${MTU} type veth peer name private mtu ${MTU} netns ${gateway}`,
      `link add gateway1 type veth peer name public netns ${gateway}`,
      'link set gateway0 master br0 up',
      'link set gateway1 master br1 up',
    ],
    fabric,
  );
  await run(inNetns(fabric, ['nft', '-f', '-']), { stdin: 'pipe', input: sourceChecks(members) });
  // Redirects would tell servers of each other's links, which they do not share.
  await quietly(gateway, {
    'net.ipv4.ip_forward': '1',
    'net.ipv4.conf.all.send_redirects': '0',
    'net.ipv4.conf.default.send_redirects': '0',
    'net.ipv4.conf.private.send_redirects': '0',
    'net.ipv4.conf.public.send_redirects': '0',
  });
  await run(inNetns(gateway, ['nft', '-f', '-']), { stdin: 'pipe', input: APART });
  await ipBatch(
    [
      'link set lo up',
      `addr add ${PRIVATE_GATEWAY}/24 dev private`,
      'link set private up',
      `addr add ${PUBLIC_GATEWAY}/32 dev public`,
      'link set public up',
      `route add ${PUBLIC_RANGE} dev public`,
    ],
    gateway,
  );
  for (const card of ['private', 'public'])
    await run(inNetns(gateway, ['ethtool', '-K', card, 'tx', 'off']), { reject: false });
}
