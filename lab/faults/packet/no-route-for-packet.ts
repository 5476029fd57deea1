import type { FaultContext } from '../lib/context.ts';
import { otherDnsPod } from '../lib/dns-pods.ts';
import { lastPeersPods } from '../lib/places.ts';
import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'no-route-for-packet';
const MARK = '0x77';
const TABLE = '77';

type Inject = (lab: FaultContext, node: string, peersPods: string) => Promise<unknown>;

const form = (name: string, title: string, inject: Inject): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'node',
  inject: async (lab, { node = '' }) => {
    await inject(lab, node, await lastPeersPods(lab, node));
  },
  expected: atNode,
});

/** A route or a routing rule, taken away by the same words. */
const add = (lab: FaultContext, node: string, what: 'route' | 'rule', ...words: string[]): Promise<string> =>
  lab.onNode(node, ['ip', what, 'add', ...words], ['ip', what, 'del', ...words]);

/** The lower half of a range: nearer than the route that flannel has set. */
const half = (range: string): string => range.replace(/\/\d+$/, '/25');

export const faults: LabFault[] = [
  form(
    'blackhole-one-coredns-pod',
    'a blackhole route of one node swallows what is for one CoreDNS pod of another',
    async (lab, node) => add(lab, node, 'route', 'blackhole', await otherDnsPod(lab, node)),
  ),
  form('unreachable', "a route of one node calls another node's pods unreachable", (lab, node, pods) =>
    add(lab, node, 'route', 'unreachable', half(pods)),
  ),
  form('prohibit', "a route of one node prohibits another node's pods", (lab, node, pods) =>
    add(lab, node, 'route', 'prohibit', half(pods)),
  ),
  form(
    'by-mark',
    "one node marks what its pods send to another node's, and has no way for the mark",
    async (lab, node, pods) => {
      await add(lab, node, 'route', 'blackhole', 'default', 'table', TABLE);
      await add(lab, node, 'rule', 'pref', '91', 'fwmark', MARK, 'lookup', TABLE);
      await ruleFirst(lab, node, `-t mangle PREROUTING -i cni0 -d ${pods} -j MARK --set-mark ${MARK}`);
    },
  ),
];
