import { CALICO, CALICO_API, CALICO_TUNNEL_ADDRESS } from '../../../helpers/model/overlay/calico.ts';
import { publicAddress } from '../../hetzner.ts';
import { hasFlannel, isCalico } from '../../makes/network.ts';
import { addressIn } from '../../makes/ranges.ts';
import type { LabNodeStatus } from '../../status.ts';
import type { FaultContext } from './context.ts';
import type { KubeObject, PodObject } from './objects.ts';
import { atDirection, atNode, atPair, everywhere, type LabFault, type Where } from './types.ts';

interface BlockAffinity {
  spec: { node: string; cidr: string; state: string };
}

/** The range of pod addresses of a node, as `10.42.1.0/24`; Calico's own block of it, of which a lab's node has one. */
export async function podRange(lab: FaultContext, node: string): Promise<string> {
  if (!hasFlannel(lab.status.settings)) {
    const { items } = await lab.get<{ items: BlockAffinity[] }>([`blockaffinities.${CALICO_API}`]);
    const own = items.find(({ spec }) => spec.node === node && spec.state === 'confirmed');
    if (own) return own.spec.cidr;
  }
  const { spec } = await lab.get<{ spec: { podCIDR: string } }>(['node', node]);
  return spec.podCIDR;
}

const bitsOf = (range: string): number => Number(range.split('/')[1]);

/** How many addresses a range of IPv4 has. */
export const sizeOf = (range: string): number => 2 ** (32 - bitsOf(range));

/** An address near the end of a range of pods, which no pod of a lab comes to have. */
export const unusedIn = (range: string): string => addressIn(range, sizeOf(range) - 6);

/** The two halves of a range, each of which wins over the whole. */
export const halvesOf = (range: string): string[] =>
  [0, sizeOf(range) / 2].map((place) => `${addressIn(range, place)}/${bitsOf(range) + 1}`);

/** The range of pod addresses of the last node that is not this one. */
export const lastPeersPods = (lab: FaultContext, node: string): Promise<string> =>
  podRange(lab, lab.peersOf(node).at(-1)?.name ?? '');

/** The address that a node's tunnel device has: Calico's annotation names it, flannel takes the first of the range. */
export async function tunnelAddress(lab: FaultContext, node: string): Promise<string> {
  const { metadata } = await lab.get<{ metadata: { annotations: Record<string, string> } }>(['node', node]);
  const own = Object.values(CALICO_TUNNEL_ADDRESS)
    .map((key) => metadata.annotations[`${CALICO}${key}`])
    .find(Boolean);
  return own ?? (await podRange(lab, node)).replace(/\/\d+$/, '');
}

/** What nft calls the devices by which pods' packets come out of them. */
export const podsDevice = ({ status }: FaultContext): string => (isCalico(status.settings) ? 'cali*' : 'cni0');

/** Running pods with a network of their own, of all namespaces, that fit the arguments of `kubectl get pods`. */
export async function pods(lab: FaultContext, args: string[]): Promise<Required<PodObject>[]> {
  const { items } = await lab.get<{ items: Required<PodObject>[] }>(['pods', ...args]);
  return items.filter(({ spec, status }) => !spec.hostNetwork && status.phase === 'Running' && status.podIP);
}

/** Runs a command of the node in the network of the pod with this address. */
export async function inPod(
  lab: FaultContext,
  node: string,
  address: string,
  argv: string[],
  undo?: string[],
): Promise<string> {
  const script =
    `for ns in /run/netns/*; do nsenter --net=$ns ip -4 -o addr show dev eth0 2>/dev/null | grep -qF ' ` +
    `${address}/' && exec nsenter --net=$ns "$@"; done; exit 1`;
  const wrapped = (command: string[]) => ['bash', '-c', script, 'in-pod', ...command];
  return lab.onNode(node, wrapped(argv), undo && wrapped(undo));
}

/** The addresses at which a node is met on the wire: its own, and that of the card by which flannel joins the nodes. */
function wireAddresses({ status: { settings } }: FaultContext, { address }: LabNodeStatus): string[] {
  return settings.overlayIface === 'public' ? [address, publicAddress(address)] : [address];
}

const setOf = (addresses: string[]): string => `{ ${addresses.join(', ')} }`;

/** All addresses of nodes as a set of nft. */
export const nodeSet = (lab: FaultContext): string =>
  setOf(lab.status.nodes.flatMap((node) => wireAddresses(lab, node)));

type Named = Pick<LabFault, 'code' | 'title'>;
type Rules = (match: string, lab: FaultContext) => string[];

const wireOf = (lab: FaultContext, node: string): string => setOf(wireAddresses(lab, lab.node(node)));

const between = (lab: FaultContext, from: string, to: string): string =>
  `ip saddr ${wireOf(lab, from)} ip daddr ${wireOf(lab, to)}`;

/**
 * Forms of a fault of the wire: between all nodes, on one pair, in one direction, at one node. `rules` gets the part of
 * an nft rule that matches the frames of its place.
 */
export function formsOfTheWire(
  { code, title }: Named,
  rules: Rules,
  forms: ('all' | 'one-pair' | 'one-direction' | 'one-node')[],
  networks?: LabFault['networks'],
): LabFault[] {
  const all: Record<(typeof forms)[number], Omit<LabFault, 'id' | 'code'>> = {
    all: {
      title: `${title}, between all nodes`,
      takes: 'none',
      inject: (lab) => lab.inFabric(...rules(`ip saddr ${nodeSet(lab)} ip daddr ${nodeSet(lab)}`, lab)),
      expected: everywhere,
    },
    'one-pair': {
      title: `${title}, between two nodes`,
      takes: 'pair',
      inject: (lab, { from = '', to = '' }) =>
        lab.inFabric(...rules(between(lab, from, to), lab), ...rules(between(lab, to, from), lab)),
      expected: atPair,
    },
    'one-direction': {
      title: `${title}, from one node to another only`,
      takes: 'pair',
      inject: (lab, { from = '', to = '' }) => lab.inFabric(...rules(between(lab, from, to), lab)),
      expected: atDirection,
    },
    'one-node': {
      title: `${title}, at one node`,
      takes: 'node',
      inject: (lab, { node = '' }) => {
        const own = wireOf(lab, node);
        return lab.inFabric(
          ...rules(`ip saddr ${nodeSet(lab)} ip daddr ${own}`, lab),
          ...rules(`ip saddr ${own} ip daddr ${nodeSet(lab)}`, lab),
        );
      },
      expected: atNode,
    },
  };
  return forms.map((form) => ({ id: `${code}/${form}`, code, ...all[form], ...(networks && { networks }) }));
}

type IntoNode = (lab: FaultContext, node: string) => Promise<void>;

/** A fault put into one node. */
export const formOfNode = ({ code, title }: Named, inject: IntoNode, prefix = ''): LabFault => ({
  id: `${code}/${prefix}one-node`,
  code,
  title: `${title}, on one node`,
  takes: 'node',
  inject: (lab, { node = '' }) => inject(lab, node),
  expected: atNode,
});

/** The same fault put into one node, and into all of them. */
export function formsOfNodes({ code, title }: Named, inject: IntoNode, prefix = ''): LabFault[] {
  return [
    formOfNode({ code, title }, inject, prefix),
    {
      id: `${code}/${prefix}all-nodes`,
      code,
      title: `${title}, on every node`,
      takes: 'none',
      inject: async (lab) => {
        for (const { name } of lab.status.nodes) await inject(lab, name);
      },
      expected: everywhere,
    },
  ];
}

/** Where a fault of a Service or of a host is. */
export const atService = ({ service }: Where) => [service === undefined ? {} : { service }];
export const atHost = ({ host }: Where) => [host === undefined ? {} : { host }];

/** The fields of an object's spec, to be changed in place. */
export const specOf = (object: KubeObject): Record<string, any> => object.spec as Record<string, any>;
