import { otherDnsPod } from '../lib/dns-pods.ts';
import { addByIp, formsOf, nearer } from '../lib/peers-pods.ts';
import { ruleFirst } from '../lib/rules.ts';
import type { LabFault } from '../lib/types.ts';

const form = formsOf('no-route-for-packet');
const MARK = '0x77';
const TABLE = '77';

export const faults: LabFault[] = [
  form(
    'blackhole-one-coredns-pod',
    'a blackhole route of one node swallows what is for one CoreDNS pod of another',
    async (lab, node) => addByIp(lab, node, 'route', 'blackhole', await otherDnsPod(lab, node)),
    /table main: blackhole /,
  ),
  form(
    'unreachable',
    "a route of one node calls another node's pods unreachable",
    (lab, node, pods) => addByIp(lab, node, 'route', 'unreachable', nearer(pods)),
    /table main: unreachable /,
  ),
  form(
    'prohibit',
    "a route of one node prohibits another node's pods",
    (lab, node, pods) => addByIp(lab, node, 'route', 'prohibit', nearer(pods)),
    /table main: prohibit /,
  ),
  form(
    'by-mark',
    "one node marks what its pods send to another node's, and has no way for the mark",
    async (lab, node, pods) => {
      await addByIp(lab, node, 'route', 'blackhole', 'default', 'table', TABLE);
      await addByIp(lab, node, 'rule', 'pref', '91', 'fwmark', MARK, 'lookup', TABLE);
      await ruleFirst(lab, node, `-t mangle PREROUTING -i cni0 -d ${pods} -j MARK --set-mark ${MARK}`);
    },
    /table 77: blackhole default/,
  ),
];
