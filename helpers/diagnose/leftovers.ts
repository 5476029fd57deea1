import { familyOf } from '../model/family.ts';
import type { Location, Unexplained } from '../model/finding.ts';
import { isJudged, type ErrorKind, type ProbeObservation } from '../model/observation.ts';
import { dnsPodsAt } from './evidence/replicas.ts';
import { count, distinct, ids, listed } from './evidence/support.ts';
import { lastErrorKindOf, rcodeOf, statusOf } from './view/answers.ts';
import type { View } from './view/view.ts';

/** Where a failure is, in words and as a finding's location. */
interface Spot {
  text: string;
  location: Location;
}

const SILENCE: ReadonlySet<ErrorKind> = new Set(['timeout', 'no-reply', 'no-route', 'prohibited']);

const SILENT = 'does not answer';
const LOST = 'loses a part of';

const PLAIN: Partial<Record<ErrorKind, string>> = {
  reset: 'resets',
  tls: 'fails the TLS handshake of',
  'wrong-identity': 'answers as another than asked over',
  'wrong-answer': 'gives a wrong answer over',
  'message-too-large': 'takes no packets of full size over',
  'name-not-resolved': 'finds no address over',
  'unexpected-pass': 'answers, and must not, over',
};

const PLURAL: Record<string, string> = { does: 'do', is: 'are', fails: 'fail' };

/** A verb of one for several: `refuses` as `refuse`. */
const ofSeveral = (verb: string): string =>
  verb.replace(/^\S+/, (word) => PLURAL[word] ?? (word.endsWith('s') ? word.slice(0, -1) : word));

/** How it fails, as a verb that the protocol follows. */
function failureOf(probe: ProbeObservation): string {
  const { errorKind = 'other' } = probe;
  if (errorKind === 'refused' || lastErrorKindOf(probe) === 'refused') return 'refuses';
  if (errorKind === 'partial-loss') return LOST;
  if (SILENCE.has(errorKind)) return SILENT;
  if (errorKind === 'http-status') return `answers ${statusOf(probe) ?? 'a bad status'} over`;
  if (errorKind === 'dns-rcode') return `answers ${rcodeOf(probe) ?? 'an error'} over`;
  return PLAIN[errorKind] ?? 'fails over';
}

/** Silence may be the far end of another loss; an answer, if a bad one, may not. */
const isLoss = (failure: string): boolean => failure === LOST || failure === SILENT;

const protocolOf = ({ asked: { protocol } }: ProbeObservation): string =>
  protocol === 'http' || protocol === 'https' ? protocol : protocol.toUpperCase();

/** The place of a failure: what was asked, and not who asked. */
function spotOf({ suite, role, destination, crosses, source }: ProbeObservation): Spot {
  const { node, ip, port, network } = destination;
  const at = port === undefined ? (ip ?? '') : `${ip}:${port}`;
  if (role === 'load-balancer') return { text: `the load balancer ${at}`, location: {} };
  if (suite === 'ingress' || suite === 'node-port')
    return node === undefined ? { text: at, location: {} } : { text: `${node}:${port}`, location: { node } };
  if (suite === 'coredns')
    return crosses.replica !== undefined
      ? { text: `the CoreDNS replica ${crosses.replica}`, location: { replica: crosses.replica } }
      : { text: at === '' ? `the resolver of pods on ${source.node}` : `DNS at ${at}`, location: {} };
  if (role === 'endpoint') return { text: `the endpoint ${at}`, location: { endpoint: ip } };
  if (role === 'service')
    return { text: `the Service ${crosses.service ?? at}`, location: { service: crosses.service } };
  if (node === undefined) return { text: at, location: {} };
  return { text: network === 'pod' ? `pods on ${node}` : `${node}'s own address`, location: { node } };
}

/** Statuses that a gateway gives by itself for a backend that it does not reach: 502, 503 and 504 of RFC 9110. */
const GATEWAYS_OWN = /^answers 50[234] /;

/** A host is asked by its name, at the very address that was asked. */
function fromHere({ asked: { protocol }, destination: { ip, port }, crosses: { host } }: ProbeObservation): string {
  return host === undefined || (protocol !== 'http' && protocol !== 'https')
    ? `curl -sv --max-time 5 ${ip}:${port}`
    : `curl -skv --max-time 5 --resolve ${host}:${port}:${ip} ${protocol}://${host}:${port}/`;
}

/** The first thing to look at, by how it fails and where. */
function confirmOf(view: View, [first]: readonly ProbeObservation[], failure: string): string {
  const { suite, destination, source, crosses } = first as ProbeObservation;
  const { node, port } = destination;
  if (suite === 'coredns') return `kubectl logs ${dnsPodsAt(view)} --tail=50 # its own errors, by name`;
  if (first?.role === 'service' || first?.role === 'endpoint')
    return (
      `kubectl get endpointslices,pods -A -o wide # who stands behind ${crosses.service ?? 'it'}, and whether he ` +
      'is Ready'
    );
  if (suite === 'ingress' && GATEWAYS_OWN.test(failure))
    return (
      'kubectl get endpointslices,pods -A -o wide # the controller answers, and does not reach what is behind it: is ' +
      'that Ready, and on other nodes?'
    );
  if (node === undefined) return `${fromHere(first as ProbeObservation)} # from here: who refuses, or where it stops`;
  if (failure === 'refuses' || failure === 'resets')
    return (
      `ssh ${node} 'ss -ltnp sport = :${port}; iptables-save | grep -w ${port}; nft list ruleset | grep -w ${port}' ` +
      '# who listens there, and which rule leads elsewhere'
    );
  if (failure.startsWith('answers'))
    return `ssh ${node} curl -sv localhost:${port} # whether it is the same from the node itself`;
  const client = source.ip === undefined ? '' : `host ${source.ip} and `;
  return (
    `ssh ${node} tcpdump -nni any ${client}port ${port} # while it is asked: silence is a ` +
    'filter before the node, packets without an answer are one on it'
  );
}

/** Protocols by which the same places answer everything. */
function answersThere(view: View, group: readonly ProbeObservation[]): string[] {
  const nodes = new Set(group.map(({ destination }) => destination.node));
  const own = new Set(group.map(protocolOf));
  const suite = group[0]?.suite;
  const there = view.probes.filter(
    (probe) => probe.suite === suite && probe.role === group[0]?.role && nodes.has(probe.destination.node),
  );
  return [...Map.groupBy(there, protocolOf)].flatMap(([protocol, probes]) =>
    !own.has(protocol) && probes.every(({ verdict }) => verdict === 'pass') ? [protocol] : [],
  );
}

/** For which of the hosts that were asked it fails. */
function hostsOf(view: View, group: readonly ProbeObservation[]): string {
  const failed = distinct(group.flatMap(({ crosses }) => crosses.host ?? []));
  if (failed.length === 0) return '';
  const all = new Set(view.probes.flatMap(({ suite, crosses }) => (suite === 'ingress' ? (crosses.host ?? []) : [])));
  return failed.length > 1 && failed.length === all.size ? ` for all ${all.size} hosts` : ` for ${listed(failed)}`;
}

/** So many probes at one place, none of which is answered, are no chance. */
const ALONE = 3;

/** Whether all that was asked of one place in this way is silent, and no other place is. */
function isDeadPlace(view: View, group: readonly ProbeObservation[]): boolean {
  const [first] = group as [ProbeObservation];
  const { text } = spotOf(first);
  const asked = view.probes.filter(
    (probe) => isJudged(probe) && spotOf(probe).text === text && protocolOf(probe) === protocolOf(first),
  );
  return (
    asked.length >= ALONE &&
    group.every((probe) => spotOf(probe).text === text && probe.succeeded === 0) &&
    asked.every(({ verdict }) => verdict === 'fail')
  );
}

const familyText = ([first]: readonly ProbeObservation[]): string =>
  familyOf(first?.destination.ip ?? '') === 'IPv6' ? ' over IPv6' : '';

function leftoverOf(view: View, group: readonly ProbeObservation[], isAnyCauseNamed: boolean): Unexplained {
  const failure = failureOf(group[0] as ProbeObservation);
  const spots = group.map(spotOf);
  const there = answersThere(view, group);
  const places = distinct(spots.map(({ text }) => text));
  const protocols = distinct(group.map(protocolOf));
  const verb = places.length > 1 || places[0]?.startsWith('pods') ? ofSeveral(failure) : failure;
  return {
    title:
      `${listed(places)} ${verb} ${listed(protocols)}${hostsOf(view, group)}${familyText(group)} ` +
      `(${count(group.length, 'probe')})` +
      (there.length > 0 ? `, ${listed(there)} there answer${there.length > 1 ? '' : 's'}` : ''),
    location: spots[0]?.location ?? {},
    observations: ids(group),
    confirm: confirmOf(view, group, failure),
    isOwnProblem: !isAnyCauseNamed || !isLoss(failure) || isDeadPlace(view, group),
  };
}

/**
 * Failed probes that nothing explains, by place and by kind of failure; the largest group first. What fails alike at
 * the same places by several protocols is one group.
 */
export function leftovers(
  view: View,
  unexplained: readonly ProbeObservation[],
  isAnyCauseNamed: boolean,
): Unexplained[] {
  const byKind = Map.groupBy(unexplained, (probe) => `${probe.suite} ${failureOf(probe)} ${protocolOf(probe)}`);
  const bySpots = Map.groupBy([...byKind.values()], (group) => {
    const [first] = group as [ProbeObservation];
    const spots = group.map(({ destination, role }) => (role === 'load-balancer' ? role : destination.node));
    return `${first.suite} ${failureOf(first)} ${distinct(spots.map((spot) => spot ?? '')).join()}`;
  });
  return [...bySpots.values()]
    .map((groups) => groups.flat())
    .map((group) => leftoverOf(view, group, isAnyCauseNamed))
    .toSorted((a, b) => b.observations.length - a.observations.length || a.title.localeCompare(b.title));
}
