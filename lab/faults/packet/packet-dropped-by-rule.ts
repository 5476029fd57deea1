import { dnsPods, otherDnsPod } from '../lib/dns-pods.ts';
import type { FaultContext } from '../lib/context.ts';
import { formsOf } from '../lib/peers-pods.ts';
import { podRange } from '../lib/places.ts';
import { ruleFirst } from '../lib/rules.ts';
import type { LabFault } from '../lib/types.ts';

const form = formsOf('packet-dropped-by-rule');
const BRIDGE = 'netwright_bridge';

/** A rule in a chain of nft's family for bridges. */
const onBridge = (lab: FaultContext, node: string, hook: string, rule: string): Promise<string> =>
  lab.inNetwork(
    node,
    [
      'nft',
      `add table bridge ${BRIDGE}; add chain bridge ${BRIDGE} ${hook} { type filter hook ${hook} priority 0; }; ` +
        `add rule bridge ${BRIDGE} ${hook} ${rule} counter drop`,
    ],
    ['nft', `delete table bridge ${BRIDGE}`],
  );

export const faults: LabFault[] = [
  form(
    'names-one-node',
    'rules of one node drop UDP to port 53 of the CoreDNS pods of other nodes, forwarded and its own',
    async (lab, node) => {
      const addresses = (await dnsPods(lab)).filter((pod) => pod.node !== node).map(({ address }) => address);
      const rule = `ip daddr { ${addresses.join(', ')} } udp dport 53 counter drop`;
      await lab.nftOnNode(node, 'forward', [rule]);
      await lab.nftOnNode(node, 'output', [rule]);
    },
    /nft inet netwright_fault_\d+\/(forward|output): ip daddr \S+ udp dport 53 drop/,
  ),
  form(
    'one-coredns-pod',
    'a rule of one node drops all that it forwards to one CoreDNS pod of another',
    async (lab, node) => lab.nftOnNode(node, 'forward', [`ip daddr ${await otherDnsPod(lab, node)} counter drop`]),
    /nft inet netwright_fault_\d+\/forward: ip daddr \S+ drop/,
  ),
  form(
    'raw',
    "the table raw of one node drops what comes out of the tunnel from another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `-t raw PREROUTING -i ${lab.tunnel} -s ${pods} -j DROP`),
    /iptables raw\/PREROUTING: -s \S+ -i \S+ -j DROP/,
  ),
  form(
    'mangle',
    "the table mangle of one node drops TCP to another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `-t mangle FORWARD -d ${pods} -p tcp -j DROP`),
    /iptables mangle\/FORWARD: -d \S+ -p tcp -j DROP/,
  ),
  form(
    'postrouting',
    "one node drops what goes to another node's pods as it leaves",
    (lab, node, pods) => ruleFirst(lab, node, `-t mangle POSTROUTING -o ${lab.tunnel} -d ${pods} -j DROP`),
    /iptables mangle\/POSTROUTING: -d \S+ -o \S+ -j DROP/,
  ),
  form(
    'output',
    "one node drops TCP of its own to another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `OUTPUT -d ${pods} -p tcp -j DROP`),
    /iptables filter\/OUTPUT: -d \S+ -p tcp -j DROP/,
  ),
  form(
    'legacy',
    "a rule of legacy iptables on one node drops what goes to another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `FORWARD -d ${pods} -j DROP`, 'iptables-legacy'),
    /iptables \(legacy\) filter\/FORWARD: -d \S+ -j DROP/,
  ),
  form(
    'ipset',
    'one node drops what it forwards to a set of addresses',
    async (lab, node) => {
      const set = 'blocked';
      await lab.onNode(node, ['ipset', 'create', set, 'hash:ip'], ['ipset', 'destroy', set]);
      await lab.onNode(node, ['ipset', 'add', set, await otherDnsPod(lab, node)]);
      await ruleFirst(lab, node, `FORWARD -m set --match-set ${set} dst -j DROP`);
    },
    /iptables filter\/FORWARD: -m set --match-set blocked dst -j DROP/,
  ),
  form(
    'docker-user',
    "an operator's rule in Docker's chain drops what comes from another node's pods",
    async (lab, node, pods) => {
      await lab.onNode(node, ['iptables', '-w', '-N', 'DOCKER-USER'], ['iptables', '-w', '-X', 'DOCKER-USER']);
      await ruleFirst(lab, node, `DOCKER-USER -s ${pods} -j DROP`);
      await ruleFirst(lab, node, 'FORWARD -j DOCKER-USER');
    },
    /iptables filter\/DOCKER-USER: -s \S+ -j DROP/,
  ),
  form(
    'verdict-map',
    "a verdict map of one node drops what it forwards from another node's pods",
    (lab, node, pods) => lab.nftOnNode(node, 'forward', [`counter ip saddr vmap { ${pods} : drop }`]),
    /nft inet netwright_fault_\d+\/forward: ip saddr vmap/,
  ),
  form(
    'one-direction',
    "a rule of one node drops what it forwards from one other node's pods to its own",
    async (lab, node, pods) =>
      lab.nftOnNode(node, 'forward', [`ip saddr ${pods} ip daddr ${await podRange(lab, node)} counter drop`]),
    /nft inet netwright_fault_\d+\/forward: ip saddr \S+ ip daddr \S+ drop/,
  ),
  form(
    'bridge',
    "a rule of one node's bridge drops what the node gives it from another node's pods",
    (lab, node, pods) => onBridge(lab, node, 'output', `ip saddr ${pods}`),
    /nft bridge \w+\/output: ip saddr \S+ drop/,
  ),
  form(
    'bridge-pods',
    "a rule of one node's bridge drops TCP between its pods",
    (lab, node) => onBridge(lab, node, 'forward', 'ip protocol tcp'),
    /nft bridge \w+\/forward: ip protocol tcp drop/,
  ),
];
