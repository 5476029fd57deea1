import type { CatalogueEntry, Match } from '../entry.ts';
import { ids, networkFailures, placeOf, say } from './support.ts';

/** A node's connection table still sends UDP of some clients to a pod that is gone. */
export const udpConntrackStaleEntry: CatalogueEntry = {
  code: 'udp-conntrack-stale-entry',
  title: (locations) => `a stale connection entry leads UDP to a pod that is gone: ${placeOf(locations)}`,
  layer: 'service',
  severity: 'major',
  dependsOn: ['node-not-ready-endpoints', 'service-rules-flushed'],
  needs: ['the DNS Service over UDP and TCP, and its replicas, from the node', "the node's connection table, by SSH"],
  sets: ['conntrack-udp'],
  match: (view) => {
    const { dns } = view.cluster;
    if (!dns) return [];
    return view.nodes.flatMap((node): Match[] => {
      const own = view.probes.filter(({ suite, source }) => suite === 'coredns' && source.node === node);
      const service = own.filter(({ role }) => role === 'service-name' || role === 'resolver-short-name');
      const udp = networkFailures(service.filter(({ asked }) => asked['protocol'] === 'udp'));
      if (udp.length === 0) return [];
      const { conntrack } = view.ssh(node);
      const known = new Set(dns.value.endpoints.map(({ ip }) => ip));
      const stale = (conntrack?.value.split('\n') ?? []).find((line) => {
        const [, target, , answers] = /dst=(\S+).*?src=(\S+).*?(?=$)/.exec(line) ?? [];
        const reply = [...line.matchAll(/src=(\S+)/g)].map(([, ip]) => ip as string)[1];
        return target === dns.value.clusterIp && /^\s*(?:ipv4\s+\d+\s+)?udp\b/.test(line) && /UNREPLIED/.test(line) && reply !== undefined && !known.has(reply) && answers === undefined;
      });
      if (conntrack && !stale) return [];
      const tcp = service.filter(({ asked }) => asked['protocol'] === 'tcp');
      const replicas = own.filter(({ role, asked }) => role === 'replica-name' && asked['protocol'] === 'udp');
      const onlyUdp = tcp.some(({ verdict }) => verdict === 'pass') && networkFailures(tcp).length === 0 && replicas.some(({ verdict }) => verdict === 'pass') && networkFailures(replicas).length === 0;
      if (!stale && !onlyUdp) return [];
      return [{
        confidence: stale ? 'proved' : 'candidate',
        location: { node, service: `${dns.value.namespace}/${dns.value.name}` },
        evidence: [say(`from ${node} the DNS Service fails over UDP${onlyUdp ? ' and answers over TCP, and every replica answers over UDP by its own address' : ''}`, ...ids(udp)), ...(stale ? [say(`${node} holds the entry: ${stale.trim().slice(0, 200)}`, conntrack?.id)] : [])],
        impact: [{ kind: 'probes', ids: ids(udp) }],
        basis: ids(udp),
      }];
    });
  },
  remedy: { k3s: 'conntrack -D -p udp --orig-dst <address of the DNS Service> on the node; a kube-proxy that clears such entries itself.' },
  verify: ({ node }) => `ssh ${node} conntrack -L -p udp --dport 53`,
  parts: ({ node }) => `ssh ${node} conntrack -L -p udp --dport 53`,
};
