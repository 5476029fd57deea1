import type { ProbeOf } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

type Http = ProbeOf<'http'>;

const BAD_REQUEST = 400;
/** Statuses that an ingress gives to what it could read. */
const isRead = ({ got: { status } }: Http): boolean => status !== undefined && status !== BAD_REQUEST;
const isCutOff = ({ errorKind, got: { status } }: Http): boolean =>
  errorKind === 'reset' || errorKind === 'tls' || status === BAD_REQUEST;

/** What was asked of one host over one protocol. */
interface HostView {
  host: string;
  /** By the load balancer, as users do, and all of them cut off. */
  cut: Http[];
  /** Once more by it, with a header of ours. */
  balanced: Http[];
  /** By other ways, as users would ask, and with a header. */
  plain: Http[];
  headed: Http[];
}

function hostsOf(view: View): HostView[] {
  const asked = view.probes.filter((probe): probe is Http => probe.suite === 'ingress' && probe.kind === 'http');
  const groups = Map.groupBy(asked, (probe) => `${probe.asked.protocol} ${probe.destination.name} ${probe.asked.path}`);
  return [...groups.values()].map((own) => {
    const by = (isBalanced: boolean, isHeaded: boolean) =>
      own.filter(
        ({ role, asked: { proxyProtocol } }) =>
          (role === 'load-balancer') === isBalanced && (proxyProtocol === true) === isHeaded,
      );
    const users = by(true, false).filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
    return {
      host: own[0]?.destination.name ?? '',
      cut: users.every((probe) => probe.verdict === 'fail' && isCutOff(probe)) ? users : [],
      balanced: by(true, true),
      plain: by(false, false),
      headed: by(false, true),
    };
  });
}

/** A sentence with its observations. */
type Said = [text: string, probes: Http[]];
/** What shows which side has PROXY protocol, and whether nothing else explains it. */
interface Shown {
  said: Said[];
  isSure: boolean;
}

/**
 * The ingress waits for a header that the load balancer does not send: with one of ours it answers through it. Where it
 * is not asked by other ways it may be the load balancer that waits for one, from another in front of it.
 */
function ingressAlone({ balanced, plain, headed }: HostView): Shown | undefined {
  const read = balanced.filter(isRead);
  if (read.length === 0 || read.length < balanced.length || plain.some(({ verdict }) => verdict === 'pass'))
    return undefined;
  const direct = headed.filter(({ verdict }) => verdict === 'pass');
  return {
    isSure: direct.length > 0,
    said: [
      ['with a PROXY protocol header of ours, sent through the load balancer, the ingress answers', read],
      ...(direct.length > 0 ? [['by other ways it answers with such a header alone', direct] satisfies Said] : []),
    ],
  };
}

/**
 * The load balancer sends a header that the ingress does not know: it answers as it does to one of ours, word for word,
 * and reads what comes without.
 */
function balancerAlone({ host, cut, plain, headed }: HostView, all: readonly HostView[]): Shown | undefined {
  const control = headed.find(({ got }) => got.status === BAD_REQUEST);
  const sound = plain.filter(({ verdict }) => verdict === 'pass');
  const alike = cut.filter(({ got }) => got.status === BAD_REQUEST && got.bodyHead === control?.got.bodyHead);
  if (!control || sound.length === 0 || alike.length === 0 || alike.length < cut.length) return undefined;
  // Where the load balancer speaks TLS to its clients it may do so to a port for http, which is answered alike.
  const secure = all
    .flatMap((each) => (each.host === host ? each.cut : []))
    .filter(({ asked }) => asked.protocol === 'https');
  return {
    isSure: secure.every(({ got: { status } }) => status === undefined),
    said: [
      ['a request that begins with a PROXY protocol header is answered the very same by another way', [control]],
      ['without such a header that way is served', sound.slice(0, 5)],
    ],
  };
}

const MISSES = 'the load balancer sends no PROXY protocol header, and the ingress expects one';
const ADDS = 'the load balancer sends a PROXY protocol header, and the ingress expects none';

/** Which side has PROXY protocol, as far as it shows; undefined where it does not. */
function sideOf(all: readonly HostView[]): (Shown & { text: string }) | undefined {
  for (const each of all) {
    if (each.cut.length === 0) continue;
    const misses = ingressAlone(each);
    if (misses) return { text: MISSES, ...misses };
    const adds = balancerAlone(each, all);
    if (adds) return { text: ADDS, ...adds };
  }
  return undefined;
}

/** PROXY protocol is spoken on one side of the way from the load balancer to the ingress only. */
export const proxyProtocolOneSided: CatalogueEntry = {
  code: 'proxy-protocol-one-sided',
  title: (locations, view) =>
    `${sideOf(hostsOf(view))?.text ?? 'PROXY protocol is on one side'}: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [],
  match: (view) => {
    const all = hostsOf(view).filter(({ cut }) => cut.length > 0);
    const side = sideOf(all);
    if (!side) return [];
    return distinct(all.map(({ host }) => host)).map((host): Match => {
      const cut = all.filter((each) => each.host === host).flatMap((each) => each.cut);
      const answers = distinct(cut.map(({ reason }) => reason ?? 'not at all')).join(' or ');
      return provedIf(side.isSure, {
        at: { host },
        evidence: [
          say(`by the load balancer ${host} is answered ${answers}`, ...ids(cut).slice(0, 6)),
          ...side.said.map(([text, probes]) => say(text, ...ids(probes).slice(0, 6))),
        ],
        impact: [{ kind: 'probes', ids: ids(cut) }],
        basis: cut,
      });
    });
  },
  remedy: (view) => [
    {
      text:
        sideOf(hostsOf(view))?.text === ADDS
          ? 'Let the ingress expect PROXY protocol from the load balancer (ingress-nginx: use-proxy-protocol; ' +
            'Traefik: proxyProtocol.trustedIPs at the entry point), or switch it off at the load balancer.'
          : 'Let the load balancer send PROXY protocol, or let the ingress expect none (ingress-nginx: ' +
            'use-proxy-protocol; Traefik: proxyProtocol.trustedIPs at the entry point).',
    },
    {
      provider: 'hetzner',
      text:
        'the annotation load-balancer.hetzner.cloud/uses-proxyprotocol of the Service must agree with the ' +
        'controller.',
    },
  ],
  shows: 'the status that the backend gives',
  verify: ({ host }) => `curl -sS -o /dev/null -w '%{http_code}\\n' https://${host}/`,
  parts: ({ host }) => `curl -sS -v --haproxy-protocol https://${host}/`,
};
