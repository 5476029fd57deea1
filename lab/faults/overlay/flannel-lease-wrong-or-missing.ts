import type { FaultContext } from '../lib/context.ts';
import { podRange, tunnelAddress } from '../lib/places.ts';
import { atDirection, atNode, type LabFault, type Where } from '../lib/types.ts';

const code = 'flannel-lease-wrong-or-missing';
/** An address of the fabric that nobody has. */
const NOBODY = '10.0.0.199';

async function dropRoute(lab: FaultContext, from: string, to: string): Promise<void> {
  const route = [await podRange(lab, to), 'via', await tunnelAddress(lab, to), 'dev', lab.tunnel, 'onlink'];
  await lab.inNetwork(from, ['ip', 'route', 'del', ...route], ['ip', 'route', 'replace', ...route]);
}

async function macOf(lab: FaultContext, node: string): Promise<string> {
  const [link] = JSON.parse(await lab.inNetwork(node, ['ip', '-j', 'link', 'show', lab.tunnel])) as {
    address: string;
  }[];
  return link?.address as string;
}

/** Replaces, or takes away, the address to which the tunnel sends what is for a node. */
async function changeDestination(
  lab: FaultContext,
  { from = '', to = '' }: Where,
  destination?: string,
): Promise<void> {
  const mac = await macOf(lab, to);
  const entry = (address: string) => [mac, 'dev', lab.tunnel, 'dst', address];
  const right = entry(lab.node(to).address);
  await lab.inNetwork(from, ['bridge', 'fdb', 'del', ...right], ['bridge', 'fdb', 'append', ...right]);
  if (destination)
    await lab.inNetwork(
      from,
      ['bridge', 'fdb', 'append', ...entry(destination)],
      ['bridge', 'fdb', 'del', ...entry(destination)],
    );
}

export const faults: LabFault[] = [
  {
    id: `${code}/route-missing`,
    code,
    title: "one node has no route to another's pods",
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      await lab.hold(from, 'flanneld');
      await dropRoute(lab, from, to);
    },
    expected: atDirection,
  },
  {
    id: `${code}/all-routes-missing`,
    code,
    title: "one node has no route to any other node's pods",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'flanneld');
      for (const { name } of lab.peersOf(node)) await dropRoute(lab, node, name);
    },
    expected: atNode,
  },
  {
    id: `${code}/destination-missing`,
    code,
    title: "one node's tunnel does not know where another node is",
    takes: 'pair',
    inject: async (lab, where) => {
      await lab.hold(where.from ?? '', 'flanneld');
      await changeDestination(lab, where);
    },
    expected: atDirection,
  },
  {
    id: `${code}/destination-wrong`,
    code,
    title: "one node's tunnel sends what is for another node to an old address of it",
    takes: 'pair',
    inject: async (lab, where) => {
      await lab.hold(where.from ?? '', 'flanneld');
      await changeDestination(lab, where, NOBODY);
    },
    expected: atDirection,
  },
];
