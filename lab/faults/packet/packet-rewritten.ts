import type { FaultContext } from '../lib/context.ts';
import { lastPeersPods, podRange } from '../lib/places.ts';
import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-rewritten';
/** Of a family of its own: a table for both families cannot lead to a port alone. */
const TABLE = 'table ip netwright_rewritten';
const CHAIN = `${TABLE.replace('table ', '')} pre`;
/** Nobody listens there. */
const DEAD_PORT = 9;

type Inject = (lab: FaultContext, node: string) => Promise<void>;

const form = (name: string, title: string, inject: Inject, line: RegExp): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'node',
  inject: (lab, { node = '' }) => inject(lab, node),
  expected: atNode,
  line,
});

async function clusterIp(lab: FaultContext, name: string): Promise<string> {
  const { spec } = await lab.get<{ spec: { clusterIP: string } }>(['-n', 'keybuzz', 'service', name]);
  return spec.clusterIP;
}

export const faults: LabFault[] = [
  form(
    'pods-port',
    "a rule of one node leads the pods' port 8080 to one where nobody listens",
    async (lab, node) => {
      const rules =
        `add ${TABLE}; add chain ${CHAIN} { type nat hook prerouting priority -110; }; ` +
        `add rule ${CHAIN} tcp dport 8080 counter dnat to :${DEAD_PORT}`;
      await lab.inNetwork(node, ['nft', rules], ['nft', `delete ${TABLE}`]);
    },
    /nft ip netwright_rewritten\/pre: tcp dport 8080 dnat to :9/,
  ),
  form(
    'host-port',
    "a rule of one node redirects the ingress' port 443 to one where nobody listens",
    (lab, node) =>
      ruleFirst(
        lab,
        node,
        `-t nat PREROUTING -i ${lab.uplink.name} -p tcp --dport 443 -j REDIRECT --to-ports ${DEAD_PORT}`,
      ),
    /iptables nat\/PREROUTING: .*--dport 443 -j REDIRECT --to-ports 9/,
  ),
  form(
    'node-port',
    'a rule of one node leads a NodePort to one where nobody listens',
    (lab, node) =>
      ruleFirst(
        lab,
        node,
        `-t nat PREROUTING -p tcp --dport 30080 -j DNAT --to-destination ${lab.node(node).address}:${DEAD_PORT}`,
      ),
    /iptables nat\/PREROUTING: .*--dport 30080 -j DNAT/,
  ),
  form(
    'cluster-ip',
    "a rule of one node leads a Service's address to a port where nobody listens",
    async (lab, node) =>
      ruleFirst(
        lab,
        node,
        `-t nat PREROUTING -d ${await clusterIp(lab, 'keybuzz-api')} -p tcp -j DNAT --to-destination ` +
          `${lab.node(node).address}:${DEAD_PORT}`,
      ),
    /iptables nat\/PREROUTING: -d \S+ -p tcp -j DNAT/,
  ),
  form(
    'output',
    'a rule of one node leads what it asks of a Service itself to its loopback',
    async (lab, node) =>
      ruleFirst(
        lab,
        node,
        `-t nat OUTPUT -d ${await clusterIp(lab, 'keybuzz-api')} -p tcp -j DNAT --to-destination ` +
          `127.0.0.1:${DEAD_PORT}`,
      ),
    /iptables nat\/OUTPUT: .*-j DNAT --to-destination 127\.0\.0\.1:9/,
  ),
  form(
    'source',
    "a rule of one node gives what its pods send to another node's an address of nobody",
    async (lab, node) =>
      ruleFirst(
        lab,
        node,
        `-t nat POSTROUTING -s ${await podRange(lab, node)} -d ${await lastPeersPods(lab, node)} -j SNAT --to-source ` +
          '192.0.2.9',
      ),
    /iptables nat\/POSTROUTING: .*-j SNAT --to-source 192\.0\.2\.9/,
  ),
];
