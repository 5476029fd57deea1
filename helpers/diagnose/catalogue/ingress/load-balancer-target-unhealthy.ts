import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { addressOnTwoNodes } from '../underlay/address-on-two-nodes.ts';
import { nodeportBlockedOutside } from '../node-port/nodeport-blocked-outside.ts';
import { isOfGateway, isRedirectLoop, statusOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';
import { proxyProtocolOneSided } from './proxy-protocol-one-sided.ts';

/** Every way in works but the load balancer. */
export const loadBalancerTargetUnhealthy: CatalogueEntry = {
  code: 'load-balancer-target-unhealthy',
  title: (locations) => `the load balancer does not pass requests on: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [nodeNotReadyEndpoints, addressOnTwoNodes, nodeportBlockedOutside],
  yieldsTo: [proxyProtocolOneSided],
  match: (view) => {
    const targets = view.facts.all('targets').at(-1);
    const service = view.facts.all('ingress-service').at(-1);
    const hasNodePort =
      targets?.value.ingressNodePortHttp !== undefined ||
      targets?.value.ingressNodePortHttps !== undefined ||
      service?.value.ports.some(({ nodePort }) => nodePort !== undefined) === true;
    const workers = targets?.value.ingressNodes ?? [];
    const ingress = view.probes.filter(({ suite, verdict }) => suite === 'ingress' && isJudged({ verdict }));
    const hosts = distinct(ingress.flatMap(({ destination }) => destination.name ?? []));
    // The ingress says so itself, whichever way it was asked: that of pods of two families only one is reached, say.
    const isGatewaysWord = (probe: ProbeObservation): boolean => probe.verdict === 'fail' && isOfGateway(probe);
    const isGatewayInTrouble = [...ingress, ...(view.ipv6?.probes ?? [])].some(
      (probe) => probe.suite === 'ingress' && probe.role !== 'load-balancer' && isGatewaysWord(probe),
    );
    const trouble = ingress.some(
      (probe) =>
        probe.role !== 'load-balancer' &&
        probe.verdict === 'fail' &&
        statusOf(probe) !== 404 &&
        probe.errorKind !== 'tls' &&
        probe.errorKind !== 'wrong-identity',
    );
    return ['http', 'https'].flatMap((protocol) => {
      const ways = hosts.map((host) => {
        const own = ingress.filter(
          ({ destination, asked }) => destination.name === host && asked.protocol === protocol,
        );
        return {
          host,
          failed: own.filter(
            (probe) =>
              probe.role === 'load-balancer' &&
              probe.verdict === 'fail' &&
              statusOf(probe) !== 404 &&
              !isRedirectLoop(probe) &&
              !(isGatewayInTrouble && isGatewaysWord(probe)),
          ),
          others: own.filter(({ role }) => role !== 'load-balancer'),
        };
      });
      const sound = ways.filter(({ others }) => others.length > 0 && others.every(({ verdict }) => verdict === 'pass'));
      // A load balancer that does not pass on passes nobody's requests on; where other ways are in trouble, so may this
      // one be.
      const alike = sound.every(({ failed }) => failed.length > 0) && !trouble;
      return sound
        .filter(({ failed }) => failed.length > 0)
        .map(({ host, failed, others }): Match => {
          // Every way in was looked at: each node that runs the ingress, and each node's NodePort where there is one.
          const asked = new Set(others.map(({ role, destination }) => `${role} ${destination.node}`));
          const whole =
            workers.every((node) => asked.has(`worker ${node}`)) &&
            (workers.length > 0 || hasNodePort) &&
            (!hasNodePort || view.nodes.every((node) => asked.has(`node-port ${node}`)));
          return provedIf(alike && whole && targets && !view.losesAPart, {
            at: { host },
            evidence: [
              say(
                `${host} fails over ${protocol} by the load balancer ` +
                  `(${failed[0]?.reason ?? failed[0]?.errorKind}) and passes by ${others.length} other ways in`,
                ...ids(failed),
                ...ids(others).slice(0, 8),
              ),
            ],
            impact: [{ kind: 'probes', ids: ids(failed) }],
            basis: failed,
          });
        });
    });
  },
  remedy: () => [
    {
      text:
        'Look at the load balancer’s targets and health checks: address, port, protocol, and PROXY protocol on both ' +
        'sides or on none.',
    },
    {
      provider: 'hetzner',
      text:
        'hcloud load-balancer describe shows the health of each target; targets by private address need the load ' +
        'balancer in the network.',
    },
  ],
  shows: 'the status that the backend gives',
  verify: ({ host }) => `curl -sS -o /dev/null -w '%{http_code}\\n' https://${host}/`,
  parts: ({ host }) => `curl -sS -v https://${host}/`,
};
