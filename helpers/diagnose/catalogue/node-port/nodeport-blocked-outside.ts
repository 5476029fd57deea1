import type { Location } from '../../../model/finding.ts';
import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard } from '../../view/pairs.ts';
import { linesOf } from '../../evidence/stopped.ts';
import { count, ids, listed, networkFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { externalTrafficPolicyLocal } from './external-traffic-policy-local.ts';
import { nodeUnreachableFromOutside } from './node-unreachable-from-outside.ts';
import { serviceRulesFlushed } from '../service/service-rules-flushed.ts';
import { provedIf } from '../../match.ts';
import { oncePerView } from '../../view/once.ts';
import type { View } from '../../view/view.ts';

const isOfNodePort = ({ suite, destination }: ProbeObservation): boolean =>
  suite === 'node-port' || (suite === 'ingress' && destination.network === 'host');

/** NodePorts that nodes without an endpoint of their Service drop themselves. */
function localPorts(view: View): Set<number> {
  const services = [...view.cluster.services, ...view.facts.last('ingress-service')].map(({ value }) => value);
  return new Set(
    services
      .filter(({ externalTrafficPolicy }) => externalTrafficPolicy === 'Local')
      .flatMap(({ ports }) => ports.flatMap(({ nodePort }) => nodePort ?? [])),
  );
}

/**
 * Nodes whose NodePorts answer nobody, other nodes included, while other ports of theirs answer and the same NodePorts
 * do on another node: the list of a firewall before them has no NodePorts. What a rule on the node itself stops is
 * named by that rule.
 */
const fromEverywhere = oncePerView((view): Match[] => {
  const local = localPorts(view);
  return view.nodes.flatMap((node): Match[] => {
    const to = view.probes.filter((probe) => probe.destination.node === node && probe.source.node !== node);
    const asked = to.filter(
      (probe) =>
        isOfNodePort(probe) && probe.role !== 'worker' && isJudged(probe) && !local.has(probe.destination.port ?? 0),
    );
    const failed = networkFailures(asked).filter((probe) => !heard(probe));
    const ports = new Set(failed.flatMap(({ destination }) => destination.port ?? []));
    const inside = failed.filter(({ role }) => role === 'from-node');
    const open = to.find(
      (probe) =>
        probe.destination.network === 'host' &&
        probe.destination.port !== undefined &&
        (!isOfNodePort(probe) || probe.role === 'worker') &&
        probe.kind !== 'udp-echo' &&
        probe.verdict === 'pass',
    );
    const elsewhere = view.probes.find(
      (probe) =>
        isOfNodePort(probe) &&
        probe.destination.node !== node &&
        ports.has(probe.destination.port ?? 0) &&
        probe.verdict === 'pass',
    );
    const isTranslated = view.probes.some(
      ({ role, source, verdict }) => role === 'service' && source.node === node && verdict === 'pass',
    );
    const isStoppedThere = linesOf(view).some(
      (line) => line.node === node && line.touched.some((probe) => failed.includes(probe)),
    );
    if (inside.length === 0 || failed.length < asked.length || !open || !elsewhere) return [];
    if (!isTranslated || isStoppedThere) return [];
    return [
      // Without its rules it cannot be told from a filter on the node.
      provedIf(ports.size > 1 && view.nodeState(node) && !view.losesAPart, {
        at: { node },
        evidence: [
          say(
            `${node} answers nobody on its NodePorts, no other node either (${count(failed.length, 'probe')} to ` +
              `${listed([...ports].map(String))})`,
            ...ids(failed),
          ),
          say(
            `its port ${open.destination.port} answers ${open.source.node ?? 'the runner'}: the way is there`,
            open.id,
          ),
          say(
            `port ${elsewhere.destination.port} of ${elsewhere.destination.node} answers: its Service is there`,
            elsewhere.id,
          ),
        ],
        impact: [{ kind: 'probes', ids: ids(failed) }],
        basis: failed,
      }),
    ];
  });
});

const isFromEverywhere = (view: View, locations: readonly Location[]): boolean => {
  const nodes = new Set(fromEverywhere(view).map(({ location }) => location.node));
  return locations.every(({ node }) => nodes.has(node));
};

/** NodePorts answer between nodes and not from outside of the cluster, or no other node either. */
export const nodeportBlockedOutside: CatalogueEntry = {
  code: 'nodeport-blocked-outside',
  title: (locations, view) =>
    isFromEverywhere(view, locations)
      ? `a firewall lets no NodePorts in: ${placeOf(locations)}`
      : `NodePorts are blocked from outside: ${placeOf(locations)}`,
  layer: 'node-port',
  dependsOn: [nodeNotReadyEndpoints, serviceRulesFlushed],
  // Without a local endpoint the node itself drops what comes from outside; where nothing answers it is no NodePort's.
  yieldsTo: [externalTrafficPolicyLocal, nodeUnreachableFromOutside],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const seen = view.nodes.flatMap((node) => {
      const to = view.probes.filter((probe) => probe.destination.node === node && isOfNodePort(probe));
      const outside = to.filter(
        ({ role, verdict }) => (role === 'from-runner' || role === 'node-port') && isJudged({ verdict }),
      );
      const failed = networkFailures(outside).filter((probe) => !heard(probe));
      const inside = to.filter(({ role, verdict }) => role === 'from-node' && isJudged({ verdict }));
      const works = inside.some(({ verdict }) => verdict === 'pass') && !inside.some((probe) => !heard(probe));
      if (
        failed.length === 0 ||
        failed.length < outside.length ||
        !outside.some(({ role }) => role === 'from-runner') ||
        !works
      )
        return [];
      return [{ node, failed, inside, other: to.find((probe) => probe.role === 'worker' && heard(probe)) }];
    });
    const shown = seen.some(({ other }) => other);
    // One NodePort alone may fail for what stands behind it.
    const several = seen.some(({ failed }) => new Set(failed.map(({ destination }) => destination.port)).size > 1);
    const outsideAlone = seen.map(({ node, failed, inside, other }): Match =>
      provedIf(shown && several && !view.losesAPart, {
        // What is shown on one node holds for those that fail just alike.
        at: { node },
        evidence: [
          say(
            `${node} answers on none of its NodePorts when asked from outside (${count(failed.length, 'probe')}), ` +
              'and to the other nodes it does',
            ...ids(failed),
            ...ids(inside).slice(0, 5),
          ),
          other && say(`its port ${other.destination.port} answers from outside`, other.id),
        ],
        impact: [
          {
            kind: 'probes',
            ids: [...ids(failed), ...ids(view.failing.filter(({ role }) => role === 'load-balancer'))],
          },
        ],
        basis: failed,
      }),
    );
    return [...outsideAlone, ...fromEverywhere(view)];
  },
  remedy: () => [
    {
      text:
        'Open TCP and UDP 30000-32767 (or the NodePorts in use) to those who need them, in the firewall before the ' +
        'nodes and on them.',
    },
    { provider: 'hetzner', text: 'add the range to the Cloud Firewall, at least for the load balancer.' },
  ],
  verify: ({ node }) => verifyRun('node-port', `${node} answers from outside`),
  parts: ({ node }) =>
    `ssh ${node} tcpdump -nni any tcp portrange 30000-32767 # while it is asked from outside: silence is a ` +
    'filter before the node',
};
