import type { FaultContext } from './context.ts';
import { podRange } from './places.ts';
import { atDirection, atNode, type LabFault } from './types.ts';

const code = 'rp-filter-drops';
const TABLE = '8471';

/**
 * Strict reverse path filtering at a node whose answers to a peer's pods would, by its rules, leave by the uplink: what comes
 * from there by the tunnel is dropped. What the node's pods send goes by the tunnel as ever, and so does the node's own traffic.
 */
async function inject(lab: FaultContext, node: string, peers: string[]): Promise<void> {
  const own = await podRange(lab, node);
  const ip = (argv: string[]) => lab.inNetwork(node, ['ip', ...argv], ['ip', ...argv.map((word) => (word === 'add' ? 'del' : word))]);
  await ip(['rule', 'add', 'pref', '90', 'from', `${own.replace(/\/\d+$/, '')}/32`, 'lookup', 'main']);
  for (const peer of peers) {
    const range = await podRange(lab, peer);
    await ip(['route', 'add', range, 'dev', 'eth0', 'table', TABLE]);
    await ip(['rule', 'add', 'pref', '91', 'from', own, 'to', range, 'iif', 'lo', 'lookup', TABLE]);
  }
  await lab.sysctl(node, 'net.ipv4.conf.all.rp_filter', '1');
  await lab.sysctl(node, 'net.ipv4.conf.flannel/1.rp_filter', '1');
}

export const faults: LabFault[] = [
  {
    id: `${code}/one-node`,
    code,
    title: 'strict reverse path filtering drops what comes out of the tunnel, on one node',
    takes: 'node',
    inject: (lab, { node = '' }) => inject(lab, node, lab.peersOf(node).map(({ name }) => name)),
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
