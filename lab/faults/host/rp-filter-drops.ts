import type { FaultContext } from '../lib/context.ts';
import { podRange, podsDevice, tunnelAddress } from '../lib/places.ts';
import { atDirection, atNode, type LabFault } from '../lib/types.ts';

const code = 'rp-filter-drops';
const TABLE = '8471';
/** None that kube-proxy and felix use, which have the bits above it. */
const MARK = '0x100/0x100';

/**
 * Strict reverse path filtering at a node whose routing rules send pods' answers to a peer by the uplink unless they
 * are marked, as where traffic is spread over two uplinks: what its pods send is marked and goes by the tunnel as ever,
 * but the check of what comes from there, which has no mark, finds another device than the tunnel. The node's own
 * traffic is left alone.
 */
async function inject(lab: FaultContext, node: string, peers: string[]): Promise<void> {
  const own = await podRange(lab, node);
  const ip = (argv: string[]) =>
    lab.inNetwork(node, ['ip', ...argv], ['ip', ...argv.map((word) => (word === 'add' ? 'del' : word))]);
  await lab.nftOnNode(node, 'prerouting', [`iifname "${podsDevice(lab)}" meta mark set meta mark | 0x100`], {
    priority: '-150',
  });
  await ip(['rule', 'add', 'pref', '90', 'fwmark', MARK, 'lookup', 'main']);
  await ip(['rule', 'add', 'pref', '91', 'from', `${await tunnelAddress(lab, node)}/32`, 'lookup', 'main']);
  for (const peer of peers) {
    const range = await podRange(lab, peer);
    await ip(['route', 'add', range, 'dev', lab.uplink.name, 'table', TABLE]);
    await ip(['rule', 'add', 'pref', '92', 'from', own, 'to', range, 'lookup', TABLE]);
  }
  await lab.sysctl(node, 'net.ipv4.conf.all.rp_filter', '1');
  await lab.sysctl(node, `net.ipv4.conf.${lab.tunnel.replace('.', '/')}.rp_filter`, '1');
}

export const faults: LabFault[] = [
  {
    id: `${code}/one-node`,
    code,
    title: 'strict reverse path filtering drops what comes out of the tunnel, on one node',
    takes: 'node',
    inject: (lab, { node = '' }) =>
      inject(
        lab,
        node,
        lab.peersOf(node).map(({ name }) => name),
      ),
    expected: atNode,
  },
  {
    id: `${code}/one-direction`,
    code,
    title: 'strict reverse path filtering drops what comes out of the tunnel from one other node',
    takes: 'pair',
    inject: (lab, { from = '', to = '' }) => inject(lab, to, [from]),
    expected: atDirection,
  },
];
