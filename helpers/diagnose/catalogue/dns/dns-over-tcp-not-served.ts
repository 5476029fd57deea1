import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { replicasOf } from '../../evidence/replicas.ts';
import { count, ids, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { candidate, provedIf } from '../../match.ts';
import { qualified } from '../../view/cluster.ts';
import type { View } from '../../view/view.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const DNS_PORT = 53;

/** Questions over TCP that all failed while others like them, over UDP, are answered from the same places. */
function onlyUdp(probes: readonly ProbeObservation[]): { failed: ProbeObservation[]; answered: ProbeObservation[] } {
  const judged = probes.filter((probe) => probe.kind === 'dns' && isJudged(probe));
  const overTcp = judged.filter(({ asked }) => asked.protocol === 'tcp');
  const isDead = overTcp.length > 0 && overTcp.every(({ verdict, succeeded }) => verdict === 'fail' && succeeded === 0);
  const places = new Set(overTcp.map(({ source }) => `${source.network} ${source.node}`));
  const overUdp = judged.filter(
    ({ asked, source }) => asked.protocol === 'udp' && places.has(`${source.network} ${source.node}`),
  );
  const answered = overUdp.filter(({ verdict }) => verdict === 'pass');
  const isSound = answered.length === overUdp.length && answered.length > 0;
  return isDead && isSound ? { failed: overTcp, answered } : { failed: [], answered: [] };
}

/** Replicas that answer over UDP alone. */
const ofReplicas = (view: View): Match[] =>
  replicasOf(view).flatMap(({ pod: { value, id }, names }): Match[] => {
    const { failed, answered } = onlyUdp(names);
    if (failed.length === 0) return [];
    const refused = failed.filter(({ errorKind }) => errorKind === 'refused');
    return [
      candidate({
        at: { replica: value.name, node: value.node },
        evidence: [
          say(
            `${value.name} answers none of ${count(failed.length, 'question')} over TCP (${failed[0]?.reason})` +
              (refused.length === failed.length ? ': nothing listens there' : ''),
            id,
            ...ids(failed).slice(0, 12),
          ),
          say('and all of those over UDP from the same places', ...ids(answered).slice(0, 12)),
        ],
        impact: [{ kind: 'probes', ids: ids(failed) }],
        basis: failed,
      }),
    ];
  });

/** The DNS Service answers over UDP alone: answers that do not fit into a datagram are lost. */
export const dnsOverTcpNotServed: CatalogueEntry = {
  code: 'dns-over-tcp-not-served',
  title: (locations) => `names are not answered over TCP, as answers too long for UDP are: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const { dns } = view.cluster;
    if (!dns) return [];
    const { failed, answered } = onlyUdp(
      view.probes.filter(({ role }) => role === 'service-name' || role === 'service-srv'),
    );
    const ports = dns.value.ports.filter(({ port }) => port === DNS_PORT);
    const hasTcp = ports.some(({ protocol }) => protocol === 'TCP');
    const replicas = ofReplicas(view);
    // Where the Service has the port, it is its replicas, or something between, that keeps it shut.
    if (failed.length === 0 || (hasTcp && replicas.length === 0)) return [];
    const external = view.failing.filter(
      ({ role, asked }) => role === 'service-external-name' && asked.protocol === 'tcp',
    );
    const match = provedIf(ports.length > 0 && !hasTcp, {
      at: { service: qualified(dns) },
      evidence: [
        !hasTcp &&
          say(
            `the Service ${qualified(dns)} has ` +
              `${ports.map(({ protocol, port }) => `${port}/${protocol}`).join(', ')} and no ${DNS_PORT}/TCP`,
            dns.id,
          ),
        say(
          `it answers none of ${count(failed.length, 'question')} over TCP, and all of those over UDP from the same ` +
            'places',
          ...ids(failed).slice(0, 12),
          ...ids(answered).slice(0, 6),
        ),
      ],
      impact: [{ kind: 'probes', ids: ids([...failed, ...external]) }],
      basis: [...failed, ...external],
    });
    return [match, ...replicas];
  },
  remedy: (view) => [
    {
      text: view.cluster.dns?.value.ports.some(({ port, protocol }) => port === DNS_PORT && protocol === 'TCP')
        ? 'Let TCP 53 through to the CoreDNS pods: look at network policies of kube-system and at the nodes’ firewalls.'
        : 'Give the DNS Service the port 53/TCP beside 53/UDP (name dns-tcp, targetPort 53), as its manifest has it.',
    },
  ],
  verify: () => verifyRun('coredns', 'every name is answered over TCP too'),
  parts: () => 'kubectl get networkpolicies -n kube-system; kubectl get service -n kube-system kube-dns -o yaml',
};
