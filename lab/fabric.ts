import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FABRIC_RANGE } from './makes/ranges.ts';
import { namespaceOf } from './paths.ts';
import { ipBatch, run, inNetns } from './run-in.ts';
import { ADDRESSES, type LabNode } from './topology.ts';

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

interface Member {
  what: string;
  addresses: string[];
  isNode?: boolean;
}

function members(nodes: LabNode[]): Member[] {
  return [
    { what: 'runner', addresses: [ADDRESSES.runner] },
    { what: 'edge', addresses: [ADDRESSES.resolver, ADDRESSES.loadBalancer] },
    ...nodes.map(({ name, address }) => ({ what: name, addresses: [address], isNode: true })),
  ];
}

/** Names of every namespace of a lab. */
export function namespacesOf(lab: string, nodes: LabNode[]): string[] {
  return [namespaceOf(lab, 'fabric'), ...members(nodes).map(({ what }) => namespaceOf(lab, what))];
}

async function quietly(namespace: string, settings: Record<string, string>): Promise<void> {
  await run(
    inNetns(namespace, ['sysctl', '-qw', ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)]),
    { reject: false },
  );
}

/**
 * The wire between the nodes: a bridge in a namespace of its own, without uplink and without a netfilter of its own,
 * and one veth pair to each member, made inside the namespaces so that labs with the same node names do not meet.
 */
export async function makeFabric(lab: string, nodes: LabNode[]): Promise<void> {
  const fabric = namespaceOf(lab, 'fabric');
  const all = members(nodes);
  await ipBatch(namespacesOf(lab, nodes).map((namespace) => `netns add ${namespace}`));
  await Promise.all(
    namespacesOf(lab, nodes).map((namespace) =>
      quietly(namespace, { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' }),
    ),
  );
  await ipBatch(['link add br0 type bridge', 'link set br0 up', 'link set lo up'], fabric);
  // A bridge that asked iptables would be a router; faults put into the fabric are put there by nft's bridge family.
  await quietly(fabric, { 'net.bridge.bridge-nf-call-iptables': '0' });
  await ipBatch(
    all.map(
      ({ what }, index) =>
        `link add veth${index} netns ${fabric} type veth peer name eth0 netns ${namespaceOf(lab, what)}`,
    ),
  );
  await ipBatch(
    all.map((_, index) => `link set veth${index} master br0 up`),
    fabric,
  );
  await Promise.all(
    all.map(async ({ what, addresses, isNode }, index) => {
      const namespace = namespaceOf(lab, what);
      await ipBatch(
        [
          'link set lo up',
          ...addresses.map((address) => `addr add ${address}/${FABRIC_PREFIX} dev eth0`),
          'link set eth0 up',
          ...(isNode ? [`route add default via ${NOBODY}`] : []),
        ],
        namespace,
      );
      // A real wire carries checksums that were computed: with offload on, veth hands over packets whose checksum
      // nobody looks at.
      await run(inNetns(namespace, ['ethtool', '-K', 'eth0', 'tx', 'off']), { reject: false });
      await run(inNetns(fabric, ['ethtool', '-K', `veth${index}`, 'tx', 'off']), { reject: false });
    }),
  );
}

/**
 * What the runner resolves: the incident's hosts to the load balancer, and everything else by the fabric's resolver.
 */
export async function writeRunnerFiles(lab: string): Promise<void> {
  const folder = join(NETNS_ETC, namespaceOf(lab, 'runner'));
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'hosts'),
    `127.0.0.1 localhost\n${ADDRESSES.loadBalancer} ${Object.keys(HOSTS).join(' ')}\n`,
  );
  await writeFile(join(folder, 'resolv.conf'), `nameserver ${ADDRESSES.resolver}\n`);
}

/** Removes them, and the folder that held them when nothing else is in it. */
export async function removeRunnerFiles(lab: string): Promise<void> {
  await rm(join(NETNS_ETC, namespaceOf(lab, 'runner')), { recursive: true, force: true });
  await run(['rmdir', '--ignore-fail-on-non-empty', NETNS_ETC], { reject: false });
}
