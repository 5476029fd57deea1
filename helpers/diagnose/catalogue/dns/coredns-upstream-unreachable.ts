import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { egresses } from '../../evidence/egress.ts';
import { replicasOf } from '../../evidence/replicas.ts';
import { distinct, ids, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { egressNotMasqueraded } from '../host/egress-not-masqueraded.ts';
import { ipForwardOff } from '../host/ip-forward-off.ts';
import { forwardPolicyDrop } from '../host/forward-policy-drop.ts';
import { hostFirewallDropsPodTraffic } from '../host/host-firewall-drops-pod-traffic.ts';
import { podRangeOverlapsHostNetwork } from '../objects/pod-range-overlaps-host-network.ts';
import { nameAskedOf, rcodeOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';

const isSilent = (probes: readonly ProbeObservation[]): boolean =>
  probes.length > 0 && probes.every(({ verdict, succeeded }) => verdict === 'fail' && succeeded === 0);

/**
 * What each node itself asked the resolvers that it is given: they are what CoreDNS forwards to, past pods and their
 * translation.
 */
const askedByNodes = (view: View): Map<string | undefined, ProbeObservation[]> =>
  Map.groupBy(
    view.probes.filter(
      ({ role, source, verdict }) =>
        role === 'upstream-external-name' && source.network === 'host' && isJudged({ verdict }),
    ),
    ({ source }) => source.node,
  );

/** Names outside that failed and that a CoreDNS on the node was asked for, or may have been by the Service. */
const askedOfReplicas = (view: View, node: string): ProbeObservation[] =>
  view.cluster.dnsPods.some(({ value }) => value.node === node)
    ? view.failing.filter((probe) => {
        const { external, replicas } = view.path(probe);
        return external && replicas.length > 0 && (probe.destination.node ?? node) === node;
      })
    : [];

/**
 * Nodes that a resolver does not answer over UDP, and others or over TCP it does, or none: a CoreDNS there has no names
 * outside, at the latest when its cache has run out.
 */
function unheardNodes(view: View, asked: ReturnType<typeof askedByNodes>, told: Set<string | undefined>): Match[] {
  // Where nobody is answered, names outside come from a cache, for as long as it lasts, or from a resolver that nodes
  // are not given.
  const cached = view.probes.filter(({ role, verdict }) => role === 'replica-external-name' && verdict === 'pass');
  return view.nodes
    .filter((node) => !told.has(node))
    .flatMap((node): Match[] => {
      const mine = asked.get(node) ?? [];
      const own = mine.filter(({ asked: { protocol } }) => protocol === 'udp');
      if (!isSilent(own)) return [];
      const resolvers = new Set(own.map(({ destination }) => destination.ip));
      const overTcp = mine.filter(({ asked: { protocol }, verdict }) => protocol === 'tcp' && verdict === 'pass');
      const others = view.nodes
        .filter((other) => other !== node)
        .flatMap((other) => asked.get(other) ?? [])
        .filter(({ destination, verdict }) => verdict === 'pass' && resolvers.has(destination.ip));
      const answered = overTcp.length > 0 || others.length > 0;
      if (!answered && cached.length === 0) return [];
      const beside =
        overTcp.length > 0
          ? say('and answers it over TCP', ...ids(overTcp))
          : answered
            ? say(
                `and answers ${distinct(others.flatMap(({ source }) => source.node ?? [])).join(', ')}`,
                ...ids(others).slice(0, 8),
              )
            : say(
                'nor any other node; CoreDNS answers for names outside from its cache, or by a resolver that ' +
                  'nodes are not given',
                ...ids(cached).slice(0, 8),
              );
      const pods = view.failing.filter(({ role, source }) => role === 'upstream-external-name' && source.node === node);
      return [
        provedIf(answered && !view.losesAPart, {
          at: { node },
          evidence: [
            say(`${[...resolvers].join(', ')} does not answer ${node} (${own[0]?.reason ?? 'no answer'})`, ...ids(own)),
            beside,
          ],
          impact: [{ kind: 'probes', ids: [...ids(pods), ...ids(askedOfReplicas(view, node))] }],
          basis: own,
        }),
      ];
    });
}

/** CoreDNS answers for the cluster and gets no answer for names outside of it. */
export const corednsUpstreamUnreachable: CatalogueEntry = {
  code: 'coredns-upstream-unreachable',
  title: (locations) => `no answer from the resolver that CoreDNS forwards to: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [
    nodeNotReadyEndpoints,
    egressNotMasqueraded,
    ipForwardOff,
    forwardPolicyDrop,
    hostFirewallDropsPodTraffic,
    podRangeOverlapsHostNetwork,
  ],
  match: (view) => {
    const asked = replicasOf(view).filter(
      ({ names, external }) => names.some(({ verdict }) => verdict === 'pass') && external.some(isJudged),
    );
    const silent = asked.filter(({ names, external }) => {
      // Only from places that the replica's answers for cluster names reach.
      const reached = new Set(
        names.filter(({ verdict }) => verdict === 'pass').map(({ source }) => `${source.network} ${source.node}`),
      );
      const told = external.filter(
        ({ verdict, source }) => isJudged({ verdict }) && reached.has(`${source.network} ${source.node}`),
      );
      return (
        told.length > 0 &&
        told.every(
          (probe) =>
            probe.verdict === 'fail' &&
            (probe.errorKind === 'timeout' ||
              probe.errorKind === 'no-reply' ||
              (probe.errorKind === 'dns-rcode' && rcodeOf(probe) === 'SERVFAIL')),
        )
      );
    });
    const everywhere = silent.length === asked.length;
    const upstream = askedByNodes(view);
    const ofReplicas = silent.map(({ pod: { value, id }, external }): Match => {
      const failed = external.filter(({ verdict }) => verdict === 'fail');
      const own = upstream.get(value.node) ?? [];
      const pods = egresses(view).find(({ node }) => node === value.node)?.pods ?? [];
      const podsAnswered = pods.some(({ verdict }) => verdict === 'pass');
      const unanswered = isSilent(own);
      return provedIf(unanswered || (everywhere && podsAnswered), {
        // Pods that are answered by the node's own resolver show that the way out is there; where they are not and the
        // node is, it is not.
        at: { replica: value.name, node: value.node },
        evidence: [
          say(
            `${value.name} on ${value.node} answers names of the cluster and none of ${failed.length} questions ` +
              `for ${String(failed[0] && nameAskedOf(failed[0]))} (${failed[0]?.reason ?? 'no answer'})`,
            id,
            ...ids(failed).slice(0, 10),
          ),
          unanswered && say(`${own[0]?.destination.ip} does not answer ${value.node} itself either`, ...ids(own)),
        ],
        impact: [{ kind: 'external' }],
        basis: [...failed, ...(unanswered ? ids(own) : [])],
      });
    });
    return [...ofReplicas, ...unheardNodes(view, upstream, new Set(silent.map(({ pod }) => pod.value.node)))];
  },
  remedy: () => [
    {
      text:
        'Fix the resolver in the nodes’ resolv.conf or the Corefile’s forward, and let UDP and TCP 53 out of the ' +
        'nodes.',
    },
    {
      provider: 'hetzner',
      text: 'its resolvers are 185.12.64.1 and 185.12.64.2; a Cloud Firewall with outbound rules must list port 53.',
    },
  ],
  verify: () => verifyRun('coredns', 'names outside of the cluster resolve'),
  parts: ({ node }) => `ssh ${node} 'cat /etc/resolv.conf; iptables-save -t nat | grep MASQUERADE'`,
};
