import type { CatalogueEntry, Match } from '../../entry.ts';
import { complaints, failedAt, READY_AGAIN, sickNodes } from '../../evidence/sick-nodes.ts';
import { count, placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';

/** What Go's TLS says of a certificate, whoever's it is. */
const OF_CERTIFICATE = new RegExp(
  [
    'x509: certificate has expired or is not yet valid',
    'certificate signed by unknown authority',
    'client certificate.* expired',
    'tls: (?:expired|bad|unknown) certificate',
  ].join('|'),
);
/** What the API server says to one whose certificate it does not take. */
const REFUSED = /\bUnauthorized\b/;
/** Sure not to be the time that the reading itself took. */
const SKEW_SECONDS = 60;
/** One refusal may be of a token that was renewed a moment later. */
const CERTAIN_REFUSALS = 2;

const skewText = (seconds: number): string => {
  const size = Math.abs(seconds);
  const text = size < 7_200 ? count(Math.round(size / 60), 'minute') : count(Math.round(size / 3_600), 'hour');
  return `${text} ${seconds > 0 ? 'before' : 'behind'}`;
};

/** A kubelet and the API server do not take each other's certificate, since it or a clock is out of date. */
export const kubeletCertificateOrClock: CatalogueEntry = {
  code: 'kubelet-certificate-or-clock',
  title: (locations) =>
    `a certificate between kubelet and API server is not taken, or a clock is wrong: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // The rest is asked of nodes that are not Ready alone.
  sets: ['node-agents'],
  match: (view) =>
    sickNodes(view).flatMap((sick): Match[] => {
      const { node, info, isTold, aheadSeconds, log } = sick;
      if (isTold) return [];
      const said = complaints(sick, OF_CERTIFICATE);
      const refused = complaints(sick, REFUSED);
      const skew = aheadSeconds && Math.abs(aheadSeconds.value) >= SKEW_SECONDS ? aheadSeconds : undefined;
      const isSaid = said.length > 0 || refused.length >= CERTAIN_REFUSALS;
      if (!isSaid && !skew) return [];
      return [
        provedIf(isSaid, {
          at: { node },
          evidence: [
            say(`the kubelet of ${node} has not been heard: ${sick.words}`, info.id),
            isSaid && say(`its log: ${said[0] ?? refused[0]}`, log?.id),
            skew && say(`the clock of ${node} is ${skewText(skew.value)} the API server's`, skew.id),
            isSaid && aheadSeconds && !skew && say(`its clock agrees with the API server's`, aheadSeconds.id),
          ],
          impact: [{ kind: 'node', node }],
          basis: isSaid ? failedAt(view, node) : [],
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Set the clock right first (timedatectl, chrony), on the node and on the servers. Where the certificate has ' +
        'run out: K3s renews its own within 90 days of their end when it is restarted, servers first (k3s ' +
        'certificate check); kubeadm: remove /var/lib/kubelet/pki/kubelet-client-current.pem and join the node again.',
    },
  ],
  ...READY_AGAIN,
  parts: ({ node }) => `ssh ${node} 'date -u; journalctl -u k3s-agent -u kubelet -n 50 | grep -iE "x509|unauthorized"'`,
};
