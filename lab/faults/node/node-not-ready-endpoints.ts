import type { FaultContext } from '../lib/context.ts';
import { untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'node-not-ready-endpoints';

/** The fabric's end of a node's link. */
async function portOf(lab: FaultContext, node: string): Promise<string> {
  const [link] = JSON.parse(await lab.inNetwork(node, ['ip', '-j', 'link', 'show', lab.uplink.name])) as {
    link_index: number;
  }[];
  const ports = JSON.parse(await lab.onFabric(['ip', '-j', 'link'])) as { ifindex: number; ifname: string }[];
  return ports.find(({ ifindex }) => ifindex === link?.link_index)?.ifname as string;
}

export const faults: LabFault[] = [
  {
    id: `${code}/link-down`,
    code,
    title: 'a node is cut off from the network',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const port = await portOf(lab, node);
      await lab.onFabric(['ip', 'link', 'set', port, 'down'], ['ip', 'link', 'set', port, 'up']);
      await untilNotReady(lab, node);
    },
    expected: atNode,
  },
  {
    id: `${code}/link-down-just-now`,
    code,
    title: 'a node was cut off from the network just now, and its endpoints are still listed',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const port = await portOf(lab, node);
      await lab.onFabric(['ip', 'link', 'set', port, 'down'], ['ip', 'link', 'set', port, 'up']);
    },
    expected: atNode,
  },
];
