import type { CatalogueEntry, Match } from '../entry.ts';
import { ingressHosts } from './ingress-hosts.ts';
import { ids, placeOf, say } from './support.ts';

/** A host is served with a certificate that is not its own, or that nobody trusts. */
export const ingressCertificateWrong: CatalogueEntry = {
  code: 'ingress-certificate-wrong',
  title: (locations) => `the certificate does not verify: ${placeOf(locations)}`,
  layer: 'ingress',
  severity: 'critical',
  dependsOn: ['node-not-ready-endpoints', 'ingress-not-routed'],
  needs: ['https by every way in, and http beside it'],
  match: (view) =>
    ingressHosts(view).flatMap(({ host, probes }): Match[] => {
      const https = probes.filter(({ asked }) => asked['protocol'] === 'https');
      const wrong = https.filter(({ verdict, errorKind, got }) => verdict === 'fail' && (errorKind === 'tls' || got['lastErrorKind'] === 'tls'));
      const http = probes.filter(({ asked }) => asked['protocol'] === 'http');
      if (wrong.length === 0 || https.some(({ verdict }) => verdict === 'pass')) return [];
      return [{ confidence: http.some(({ verdict }) => verdict === 'pass') ? 'proved' : 'candidate', location: { host }, evidence: [say(`${host} fails at the certificate by all of ${wrong.length} ways in: ${wrong[0]?.reason ?? 'not verified'}`, ...ids(wrong).slice(0, 12)), ...(http.length > 0 ? [say('over http it is served', ...ids(http.filter(({ verdict }) => verdict === 'pass')).slice(0, 5))] : [])], impact: [{ kind: 'probes', ids: ids(wrong) }], basis: ids(wrong) }];
    }),
  remedy: { k3s: 'See that the secret that the Ingress names exists in its namespace, covers the host and has not run out (kubectl get certificate, secret).' },
  verify: ({ host }) => `openssl s_client -connect ${host}:443 -servername ${host} </dev/null | openssl x509 -noout -subject -dates`,
  parts: ({ host }) => `openssl s_client -connect ${host}:443 -servername ${host} </dev/null | openssl x509 -noout -subject -dates`,
};
