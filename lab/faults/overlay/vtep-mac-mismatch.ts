import type { FaultContext } from '../lib/context.ts';
import { tunnelAddress } from '../lib/places.ts';
import { atDirection, atNode, type LabFault } from '../lib/types.ts';

const code = 'vtep-mac-mismatch';
/** A locally administered address that no device has. */
const STRANGER = '02:00:5e:00:53:01';

const setOwn = ({ tunnel }: FaultContext, mac: string): string[] => ['ip', 'link', 'set', tunnel, 'address', mac];

interface Neighbour {
  dst: string;
  lladdr: string;
}

const neighbour = ({ tunnel }: FaultContext, address: string, mac: string): string[] => [
  'ip',
  'neigh',
  'replace',
  address,
  'lladdr',
  mac,
  'dev',
  tunnel,
  'nud',
  'permanent',
];

async function neighboursOf(lab: FaultContext, node: string): Promise<Neighbour[]> {
  const all = JSON.parse(await lab.inNetwork(node, ['ip', '-j', 'neigh', 'show', 'dev', lab.tunnel])) as Neighbour[];
  return all.filter(({ lladdr }) => lladdr);
}

export const faults: LabFault[] = [
  {
    id: `${code}/one-direction`,
    code,
    title: "one node's table holds an old MAC address of another node's tunnel device",
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      const address = await tunnelAddress(lab, to);
      const before = (await neighboursOf(lab, from)).find(({ dst }) => dst === address)?.lladdr as string;
      const entry = [STRANGER, 'dev', lab.tunnel, 'dst', lab.node(to).address];
      await lab.inNetwork(from, ['bridge', 'fdb', 'add', ...entry], ['bridge', 'fdb', 'del', ...entry]);
      await lab.inNetwork(from, neighbour(lab, address, STRANGER), neighbour(lab, address, before));
    },
    expected: atDirection,
  },
  {
    id: `${code}/one-node`,
    code,
    title: "a node's tunnel device has another MAC address than all nodes were told",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const [link] = JSON.parse(await lab.inNetwork(node, ['ip', '-j', 'link', 'show', lab.tunnel])) as {
        address: string;
      }[];
      const neighbours = await neighboursOf(lab, node);
      // The kernel forgets the device's neighbours with its address; the fault is the address alone, so they are put
      // back.
      for (const { dst, lladdr } of neighbours)
        await lab.onHealing({ on: 'node-network', node, argv: neighbour(lab, dst, lladdr) });
      await lab.inNetwork(node, setOwn(lab, STRANGER), setOwn(lab, link?.address ?? ''));
      for (const { dst, lladdr } of neighbours) await lab.inNetwork(node, neighbour(lab, dst, lladdr));
    },
    expected: atNode,
  },
];
