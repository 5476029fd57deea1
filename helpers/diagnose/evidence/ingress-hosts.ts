import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import type { Match } from '../entry.ts';
import { distinct, ids, say } from './support.ts';
import { lastErrorKindOf } from '../view/answers.ts';
import { provedIf } from '../match.ts';

/** One host with everything that asked for it. */
export interface IngressHost {
  host: string;
  probes: ProbeObservation[];
  service?: string;
}

export function ingressHosts(view: View): IngressHost[] {
  const ingress = view.probes.filter(({ suite, verdict }) => suite === 'ingress' && isJudged({ verdict }));
  return distinct(ingress.flatMap(({ destination }) => destination.name ?? [])).map((host) => {
    const probes = ingress.filter(({ destination }) => destination.name === host);
    return { host, probes, service: probes.flatMap((probe) => view.path(probe).service ?? [])[0] };
  });
}

/** Hosts that are served over http and whose certificate does not verify by any way in. */
export function certificatesWrong(hosts: IngressHost[]): Match[] {
  return hosts.flatMap(({ host, probes }): Match[] => {
    const by = (protocol: string) => probes.filter(({ asked }) => asked.protocol === protocol);
    // A server that speaks no TLS at all is not a controller with a wrong certificate.
    const wrong = by('https').filter(
      (probe) =>
        probe.verdict === 'fail' &&
        (probe.errorKind === 'tls' || lastErrorKindOf(probe) === 'tls') &&
        !/EPROTO|wrong version number/.test(probe.reason ?? ''),
    );
    if (wrong.length < 2 || wrong.length < by('https').length) return [];
    const served = by('http').filter(({ verdict }) => verdict === 'pass');
    return [
      provedIf(served.length > 0, {
        at: { host },
        evidence: [
          say(
            `${host} fails at the certificate by all of ${wrong.length} ways in: ${wrong[0]?.reason ?? 'not verified'}`,
            ...ids(wrong).slice(0, 12),
          ),
          served.length > 0 && say('over http it is served', ...ids(served).slice(0, 5)),
        ],
        impact: [{ kind: 'probes', ids: ids(wrong) }],
        basis: wrong,
      }),
    ];
  });
}
