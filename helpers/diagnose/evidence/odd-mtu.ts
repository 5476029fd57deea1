import type { View } from '../view/view.ts';
import { largeOnly, mtusOf } from './sizes.ts';
import { ids } from './support.ts';

/** A node whose card takes packets of another size than the cards of all others, which agree. */
export interface OddMtu {
  node: string;
  /** Name and MTU of its card. */
  card: string;
  mtu: number;
  usual: number;
  /** Observations in which the sizes stand. */
  cited: string[];
  /** Large probes from or to it that failed, while small ones of the same kind pass. */
  failed: string[];
}

/** A node whose card takes packets of another size than the cards of all others, which agree. */
export interface OddCard extends Omit<OddMtu, 'failed'> {
  /** Whether a tunnel's device was read there too, as agents read it. */
  isByAgent: boolean;
}

/** So many others must agree: of two nodes neither is the odd one. */
const LEAST_OTHERS = 2;

interface Card {
  node: string;
  card: string;
  mtu: number;
  id: string[];
  isByAgent: boolean;
}

/** The card by which a node is reached, as its agent read it, or else as SSH did. */
function cardOf(view: View, node: string): Card[] {
  const mtus = mtusOf(view, node);
  if (mtus) return [{ node, card: mtus.uplinkName, mtu: mtus.uplink, id: [mtus.id], isByAgent: true }];
  const { index, cited = [] } = view.nodeState(node) ?? {};
  const own = view.cluster.nodes.get(node)?.value.internalIp;
  const device = index?.state.addresses?.find(({ address }) => address === own)?.device;
  const mtu = device === undefined ? undefined : index?.link(device)?.mtu;
  return device === undefined || mtu === undefined ? [] : [{ node, card: device, mtu, id: cited, isByAgent: false }];
}

/** Nodes with a card of another size than all others have. */
export function oddCards(view: View): OddCard[] {
  const known = view.nodes.flatMap((node) => cardOf(view, node));
  const bySize = [...Map.groupBy(known, ({ mtu }) => mtu)].toSorted(([, a], [, b]) => b.length - a.length);
  const [[usual, same] = [0, []]] = bySize;
  if (bySize.length < 2 || same.length < LEAST_OTHERS || same.length <= known.length / 2) return [];
  return known
    .filter(({ mtu }) => mtu !== usual)
    .map(({ id, ...own }) => ({ ...own, usual, cited: [...id, ...same.flatMap((other) => other.id)] }));
}

/** Those of them from or to which large packets are lost. */
export function oddMtus(view: View): OddMtu[] {
  const large = largeOnly(view);
  return oddCards(view).flatMap(({ isByAgent, ...odd }): OddMtu[] => {
    const own = large.filter(({ pair }) => pair.from === odd.node || pair.to === odd.node);
    const failed = own.flatMap((each) => [...each.failed, ...each.hostsFailed]);
    return !isByAgent || failed.length === 0 ? [] : [{ ...odd, failed: ids(failed) }];
  });
}
