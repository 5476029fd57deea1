import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard } from '../../view/pairs.ts';
import { count, ids, networkFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { externalTrafficPolicyLocal } from './external-traffic-policy-local.ts';
import { nodeUnreachableFromOutside } from './node-unreachable-from-outside.ts';
import { serviceRulesFlushed } from '../service/service-rules-flushed.ts';
import { provedIf } from '../../match.ts';

/** NodePorts answer between nodes and not from outside of the cluster. */
export const nodeportBlockedOutside: CatalogueEntry = {
  code: 'nodeport-blocked-outside',
  title: (locations) => `NodePorts are blocked from outside: ${placeOf(locations)}`,
  layer: 'node-port',
  dependsOn: [nodeNotReadyEndpoints, serviceRulesFlushed],
  // Without a local endpoint the node itself drops what comes from outside; where nothing answers it is no NodePort's.
  yieldsTo: [externalTrafficPolicyLocal, nodeUnreachableFromOutside],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const seen = view.nodes.flatMap((node) => {
      const to = view.probes.filter(
        ({ destination, suite }) =>
          destination.node === node &&
          (suite === 'node-port' || (suite === 'ingress' && destination.network === 'host')),
      );
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
    return seen.map(({ node, failed, inside, other }): Match =>
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
