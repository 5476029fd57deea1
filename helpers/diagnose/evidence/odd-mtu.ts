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

/** So many others must agree: of two nodes neither is the odd one. */
const LEAST_OTHERS = 2;

/** Nodes with a card of another size, from or to which large packets are lost. */
export function oddMtus(view: View): OddMtu[] {
  const known = view.nodes.flatMap((node) => {
    const mtus = mtusOf(view, node);
    return mtus ? [{ node, ...mtus }] : [];
  });
  const bySize = [...Map.groupBy(known, ({ uplink }) => uplink)].toSorted(([, a], [, b]) => b.length - a.length);
  const [[usual, same] = [0, []]] = bySize;
  if (bySize.length < 2 || same.length < LEAST_OTHERS || same.length <= known.length / 2) return [];
  const large = largeOnly(view);
  return known.flatMap(({ node, uplink, uplinkName, id }): OddMtu[] => {
    if (uplink === usual) return [];
    const own = large.filter(({ pair }) => pair.from === node || pair.to === node);
    const failed = own.flatMap((each) => [...each.failed, ...each.hostsFailed]);
    if (failed.length === 0) return [];
    const others = same.map((each) => each.id);
    return [{ node, card: uplinkName, mtu: uplink, usual, cited: [id, ...others], failed: ids(failed) }];
  });
}
