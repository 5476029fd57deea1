import type { FaultContext } from './context.ts';
import { lastPeersPods } from './places.ts';
import { atNode, type LabFault } from './types.ts';

/** Puts something in at a node that concerns the pods of another; takes the range of that one's pods. */
type Inject = (lab: FaultContext, node: string, peersPods: string) => Promise<unknown>;

/** Forms of a cause at one node, for what passes between it and the pods of the last other node, and their line. */
export const formsOf =
  (code: string) =>
  (name: string, title: string, inject: Inject, line?: RegExp): LabFault => ({
    id: `${code}/${name}`,
    code,
    title,
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await inject(lab, node, await lastPeersPods(lab, node));
    },
    expected: atNode,
    ...(line && { line }),
  });

/** A route, a routing rule or an address, taken away by the same words. */
export const addByIp = (
  lab: FaultContext,
  node: string,
  what: 'route' | 'rule' | 'addr',
  ...words: string[]
): Promise<string> => lab.onNode(node, ['ip', what, 'add', ...words], ['ip', what, 'del', ...words]);

/** The lower half of a node's range: nearer than the route that flannel has set. */
export const nearer = (range: string): string => range.replace(/\/\d+$/, '/25');
