import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { partlyLost } from '../../evidence/egress.ts';
import { ids, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/**
 * First port of Linux' own choice for outgoing connections (ip_local_port_range): a node itself sends from no lower
 * one.
 */
const EPHEMERAL = 32_768;
/** One connection may be lost by chance. */
const LEAST = 2;

/** Translated source ports of a pod's connections to an address, by whether an answer came. */
function portsTo(
  view: View,
  node: string,
  pod: string,
  address: string,
): { silent: number[]; answered: number[]; id: string } | undefined {
  const table = view.ssh(node).tcp;
  if (!table) return undefined;
  const rows = table.value.flatMap(({ original, reply, unreplied }) =>
    original.source === pod && original.destination === address && reply.destinationPort !== undefined
      ? [{ port: reply.destinationPort, silent: unreplied === true }]
      : [],
  );
  return {
    silent: rows.filter(({ silent }) => silent).map(({ port }) => port),
    answered: rows.filter(({ silent }) => !silent).map(({ port }) => port),
    id: table.id,
  };
}

/** A firewall that keeps no state lets answers in only to the ports that a host itself would send from. */
export const statelessFirewallEphemeralRange: CatalogueEntry = {
  code: 'stateless-firewall-ephemeral-range',
  title: (locations) => `answers to pods' connections are dropped by their port: ${placeOf(locations)}`,
  layer: 'underlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'nft-ruleset', 'conntrack-tcp'],
  match: (view) =>
    partlyLost(view).flatMap(({ node, failed, lost, of }): Match[] => {
      const ports = portsTo(view, node, failed[0]?.source.ip ?? '', failed[0]?.destination.ip ?? '');
      const below =
        ports !== undefined &&
        ports.silent.length >= LEAST &&
        ports.answered.length > 0 &&
        ports.silent.every((port) => port < EPHEMERAL) &&
        ports.answered.every((port) => port >= EPHEMERAL);
      if (ports && !below) return [];
      return [
        provedIf(below, {
          at: { node },
          evidence: [
            say(
              `${lost} of ${of} connections of pods on ${node} to ${failed[0]?.destination.ip} failed, and none ` +
                `of the node's own`,
              ...ids(failed),
            ),
            below &&
              say(
                `every connection from a translated port below ${EPHEMERAL} is without an answer ` +
                  `(${ports.silent.length}), every one from ${EPHEMERAL} on has one (${ports.answered.length})`,
                ports.id,
              ),
          ],
          impact: [{ kind: 'probes', ids: ids(failed) }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Widen the firewall’s rule for answers (TCP with ACK) to destination ports 1024-65535: masqueraded ' +
        'connections come from any of them.',
    },
    {
      provider: 'hetzner',
      text:
        'this is the stock rule "TCP established, 32768-65535" of the Robot firewall of dedicated servers; Cloud ' +
        'Firewalls keep state.',
    },
  ],
  verify: () => verifyRun('coredns', 'the resolver answers pods over TCP'),
  parts: ({ node }) => `ssh ${node} 'conntrack -L -p tcp | grep SYN_SENT' # the last dport of each: below 32768?`,
};
