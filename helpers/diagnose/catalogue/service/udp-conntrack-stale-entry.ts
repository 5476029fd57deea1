import type { Connection } from '../../../model/facts/ssh.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { distinct, ids, listed, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { serviceRulesFlushed } from './service-rules-flushed.ts';
import { provedIf } from '../../match.ts';

/**
 * A replica that runs for less than this may have been preceded by another, whose entries a client keeps alive by
 * asking on: an hour's worth of them.
 */
const LATELY_MS = 60 * 60_000;

const replacedLately = (view: View): boolean =>
  view.cluster.dnsPods.some(
    ({ value: { startedAt } }) =>
      startedAt !== undefined && Date.parse(view.endedAt) - Date.parse(startedAt) < LATELY_MS,
  );

const ONLY_UDP = ' and answers over TCP, and every replica answers over UDP by its own address';

/** A connection as conntrack(8) shows its addresses. */
const words = ({ original, reply }: Connection): string =>
  `src=${original.source} dst=${original.destination} sport=${original.sourcePort} dport=${original.destinationPort} ` +
  `[UNREPLIED] src=${reply.source} dst=${reply.destination}`;

/** A node's connection table still sends UDP of some clients to a pod that is gone. */
export const udpConntrackStaleEntry: CatalogueEntry = {
  code: 'udp-conntrack-stale-entry',
  title: (locations) => `a stale connection entry leads UDP to a pod that is gone: ${placeOf(locations)}`,
  layer: 'service',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  // Rules for endpoints that are gone make such entries anew.
  yieldsTo: [serviceRulesFlushed],
  sets: ['conntrack-udp'],
  match: (view) => {
    const { dns } = view.cluster;
    if (!dns) return [];
    return view.nodes.flatMap((node): Match[] => {
      const own = view.probes.filter(({ suite, source }) => suite === 'coredns' && source.node === node);
      const service = own.filter(({ role }) => role === 'service-name' || role === 'resolver-short-name');
      const udp = networkFailures(service.filter(({ asked }) => asked.protocol === 'udp'));
      const { udp: connections } = view.ssh(node);
      const known = new Set(dns.value.endpoints.map(({ ip }) => ip));
      const stale = connections?.value.find(
        ({ protocol, original, reply, unreplied }) =>
          protocol === 'udp' &&
          original.destination === dns.value.clusterIp &&
          unreplied === true &&
          reply.source !== original.destination &&
          !known.has(reply.source),
      );
      if (connections && !stale) return [];
      const tcp = service.filter(({ asked }) => asked.protocol === 'tcp');
      const replicas = own.filter(({ role, asked }) => role === 'replica-name' && asked.protocol === 'udp');
      const onlyUdp =
        tcp.some(({ verdict }) => verdict === 'pass') &&
        networkFailures(tcp).length === 0 &&
        replicas.some(({ verdict }) => verdict === 'pass') &&
        networkFailures(replicas).length === 0;
      if (!stale && (!onlyUdp || udp.length === 0)) return [];
      return [
        provedIf(stale, {
          at: { node, service: `${dns.value.namespace}/${dns.value.name}` },
          evidence: [
            udp.length > 0 && say(`from ${node} the DNS Service fails over UDP${onlyUdp ? ONLY_UDP : ''}`, ...ids(udp)),
            stale &&
              say(
                `${node} holds the entry of a client that is sent to ${stale.reply.source}, which is no endpoint ` +
                  `of the Service, and is not answered: ${words(stale)}`,
                connections?.id,
                dns.id,
              ),
          ],
          impact: [{ kind: 'probes', ids: ids(udp) }],
          basis: udp,
        }),
      ];
    });
  },
  // Clients that kept their source port over the change of a replica are hit, and no probe of ours is such a client.
  asks: (view) =>
    replacedLately(view)
      ? view.nodes.map((node) => ({
          kind: 'ssh-facts',
          node,
          sets: ['conntrack-udp'],
          why: 'a replica of CoreDNS is new: an entry of its forerunner may be left',
        }))
      : [],
  remedy: (view, locations) => [
    {
      text:
        `On ${listed(distinct(locations.flatMap(({ node }) => node ?? [])))}: conntrack -D -p udp --orig-dst ` +
        `${view.cluster.dns?.value.clusterIp ?? 'DNS-ADDRESS'}; and a kube-proxy that clears such entries itself.`,
    },
  ],
  shows: 'no entry with an address that is no pod of today',
  verify: ({ node }) => `ssh ${node} conntrack -L -p udp --dport 53`,
  parts: ({ node }) => `ssh ${node} conntrack -L -p udp --dport 53`,
};
