import type { ProbeObservation, ProbeOf } from '../../model/observation.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { TargetHost } from '../../model/targets.ts';
import type { Judgement, Planned } from '../planned-probe.ts';
import { BAD_REQUEST, ingressEntries, ingressProbe, ingressWays, type Entry, type IngressQuestion } from './ingress.ts';
import { hasTls } from './ingress-backend.ts';

type Observed = ProbeOf<'http'>;
const isHttp = (probe: ProbeObservation): probe is Observed => probe.kind === 'http';

/** The same probe, whose answer is looked at and not judged. */
function asEvidence(probe: Planned<'http'>): Planned<'http'> {
  return {
    ...probe,
    otherwise: () => undefined,
    judge: (results): Judgement<'http'> => {
      const judged = probe.judge(results);
      return { ...judged, verdict: 'evidence' };
    },
  };
}

/** Whether a way in cut the connection off, or said that it cannot read what came. */
const isCutOff = ({ verdict, errorKind, got }: Observed): boolean =>
  verdict === 'fail' && (errorKind === 'reset' || errorKind === 'tls' || got.status === BAD_REQUEST);

interface Asked {
  targetHost: TargetHost;
  entry: Entry;
  observed?: Observed;
}

/** Every host by every way in, with what was observed of it. */
function askedOf(context: RunContext, observed: readonly ProbeObservation[]): Asked[] {
  const probes = observed.filter(isHttp);
  return context.targets.hosts.flatMap((targetHost) =>
    ingressEntries(context, ingressWays(context, targetHost.ingress)).map((entry) => ({
      targetHost,
      entry,
      observed: probes.find(
        ({ role, asked, destination }) =>
          role === entry.hop &&
          asked.protocol === entry.scheme &&
          asked.host === targetHost.host &&
          asked.path === targetHost.path &&
          destination.ip === entry.address,
      ),
    })),
  );
}

/**
 * Where the load balancer cuts connections off: once more through it with a PROXY protocol header of ours, which an
 * ingress that waits for one then has; and by one other way in with a header, for how an ingress that wants none
 * answers it.
 */
function proxyControls(context: RunContext, asked: readonly Asked[], question: IngressQuestion): Planned<'http'>[] {
  const cut = asked.filter(({ entry, observed }) => entry.hop === 'load-balancer' && observed && isCutOff(observed));
  const withHeader = ({ targetHost, entry }: Asked) =>
    asEvidence(ingressProbe(context, targetHost, entry, question, true));
  const direct = cut.flatMap(({ targetHost, entry: { scheme } }) =>
    asked
      .filter(
        ({ targetHost: host, entry, observed }) =>
          host === targetHost &&
          entry.scheme === scheme &&
          entry.hop !== 'load-balancer' &&
          observed?.verdict === 'pass',
      )
      .slice(0, 1),
  );
  return [...cut, ...direct.filter(({ observed }) => observed?.asked.proxyProtocol === undefined)].map(withHeader);
}

/** Whether an answer redirects to https of what was asked for. */
function leadsToHttps({ verdict, asked, got }: Observed): boolean {
  const to = URL.parse(got.location ?? '');
  return verdict === 'pass' && asked.protocol === 'http' && to?.protocol === 'https:' && to.hostname === asked.host;
}

const NO_PROMISE = 'no Ingress has tls for it: what certificate it has is left aside';

/**
 * Where a redirect leads to https though no Ingress has `tls` for the host: TLS ends elsewhere, so that is asked where
 * users come in, and not its certificate.
 */
function redirected(context: RunContext, asked: readonly Asked[], question: IngressQuestion): Planned<'http'>[] {
  const balanced = new Set(
    asked.filter(({ entry }) => entry.hop === 'load-balancer').map(({ targetHost }) => targetHost),
  );
  return asked.flatMap(({ targetHost, entry, observed }) => {
    if (!observed || !leadsToHttps(observed) || hasTls(context, targetHost.host)) return [];
    if (balanced.has(targetHost) && entry.hop !== 'load-balancer') return [];
    const https = asked.find(
      (other) =>
        other.targetHost === targetHost &&
        other.entry.hop === entry.hop &&
        other.entry.address === entry.address &&
        other.entry.scheme === 'https',
    );
    if (!https) return [];
    const probe = ingressProbe(context, targetHost, https.entry, question);
    return [
      {
        ...probe,
        judge: (results: Parameters<typeof probe.judge>[0]): Judgement<'http'> => {
          const judged = probe.judge(results);
          return judged.errorKind === 'tls' ? { ...judged, verdict: 'evidence', reason: NO_PROMISE } : judged;
        },
      },
    ];
  });
}

/** What the first answers of the ingress give reason to ask. */
export function planIngressControls(
  context: RunContext,
  observed: readonly ProbeObservation[],
  question: IngressQuestion,
): Planned<'http'>[] {
  const asked = askedOf(context, observed);
  return [...redirected(context, asked, question), ...proxyControls(context, asked, question)];
}
