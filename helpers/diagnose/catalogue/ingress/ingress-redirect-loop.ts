import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ingressHosts } from '../../evidence/ingress-hosts.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import { isRedirectLoop, statusOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';

const isBalanced = ({ role }: ProbeObservation): boolean => role === 'load-balancer';

/** Whether TLS is taken off by the load balancer: users loop behind it, and who asks the ingress itself does not. */
function endsAtLoadBalancer(view: View, host: string | undefined): boolean {
  const own = ingressHosts(view).find((each) => each.host === host)?.probes ?? [];
  const loops = own.filter(isRedirectLoop);
  return loops.length > 0 && loops.every(isBalanced);
}

/** Every request for a host is redirected to where it was sent: no client ever arrives. */
export const ingressRedirectLoop: CatalogueEntry = {
  code: 'ingress-redirect-loop',
  title: (locations) => `requests are redirected to themselves without an end: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [],
  match: (view) =>
    ingressHosts(view).flatMap(({ host, probes }): Match[] => {
      const loops = probes.filter(isRedirectLoop);
      const [first] = loops;
      if (!first) return [];
      const arrive = probes.filter(
        ({ verdict, asked }) => verdict === 'pass' && loops.some((loop) => loop.asked.protocol === asked.protocol),
      );
      const ways = distinct(loops.map(({ role, asked }) => `${asked.protocol} by the ${role.replaceAll('-', ' ')}`));
      return [
        proved({
          at: { host },
          evidence: [
            say(
              `${host} answers ${statusOf(first)} with the address that was asked for, over ${ways.join(', ')}`,
              ...ids(loops).slice(0, 12),
            ),
            endsAtLoadBalancer(view, host) &&
              say(
                'only what comes by the load balancer is sent back: it takes TLS off, or passes it to the port for ' +
                  'http, and the ingress takes it for http',
                ...ids(arrive).slice(0, 5),
              ),
            !endsAtLoadBalancer(view, host) &&
              say('the same when the ingress is asked by other ways than the load balancer', ...ids(loops).slice(0, 5)),
          ],
          impact: [{ kind: 'probes', ids: ids(loops) }],
          basis: loops,
        }),
      ];
    }),
  remedy: (view, locations) => [
    {
      text: locations.some(({ host }) => endsAtLoadBalancer(view, host))
        ? 'Let the load balancer pass TLS through to the ingress’ https port; or let it say X-Forwarded-Proto: https ' +
          'and the ingress trust it (ingress-nginx: use-forwarded-headers; Traefik: forwardedHeaders.trustedIPs), or ' +
          'PROXY protocol on both sides; or switch the redirect off where TLS has ended already.'
        : 'Find who redirects: an annotation of the Ingress (force-ssl-redirect, a snippet, a middleware) or the ' +
          'application, which takes every request for http since X-Forwarded-Proto does not reach it as https.',
    },
  ],
  shows: 'no location that leads to itself',
  verify: ({ host }) => `curl -sSI https://${host}/ | grep -i -e '^HTTP' -e '^location'`,
  parts: ({ host }) => `curl -sSI https://${host}/ | grep -i -e '^HTTP' -e '^location'`,
};
