import type { ProbePod, RunContext } from '../../model/run-context.ts';
import { clusterIpOf } from '../../model/family.ts';
import { judgeReach } from '../judges.ts';
import type { Judgement, Planned, ResultOf, SpecOf } from '../planned-probe.ts';
import { byService, directly } from './crossing.ts';
import { STAYS_ON_NODE, type Resolvers } from './egress.ts';

/** Addresses that search domains have for names that nobody has, by node. */
export type Foreign = ReadonlyMap<string, readonly string[]>;

const serviceOf = ({ topology: { dns } }: RunContext): string | undefined => dns && `${dns.namespace}/${dns.name}`;
const sourceOf = ({ network, node, pod, ip }: ProbePod) => ({ network, node, pod, ip });

/**
 * A name as applications ask for it, and with a final dot, which no search list touches. An address of a search domain
 * is no answer, unless the name has it as well; other addresses may change from one answer to the next.
 */
function judgeAsked([relative, absolute]: ResultOf<'resolve'>[], foreign: readonly string[]): Judgement<'resolve'> {
  if (!relative || !absolute) return judgeReach([]);
  const addresses = relative.got.addresses ?? [];
  const own = absolute.got.addresses ?? [];
  if (relative.succeeded === 0) {
    const judged = judgeReach([relative]);
    return own.length > 0 && judged.verdict === 'fail'
      ? { ...judged, reason: `${judged.reason}; with a final dot it is ${own.join(', ')}` }
      : judged;
  }
  const strange = addresses.filter((address) => foreign.includes(address) && !own.includes(address));
  return strange.length > 0
    ? {
        verdict: 'fail',
        errorKind: 'wrong-answer',
        reason: `answered ${strange.join(', ')}; with a final dot ${own.length > 0 ? own.join(', ') : 'nothing'}`,
        got: relative.got,
      }
    : { verdict: 'pass', got: relative.got };
}

/** The external name by the pod's own resolver, with its search list and ndots, as applications ask for it. */
export function planResolverNames(context: RunContext, foreign: Foreign): Planned[] {
  const { externalName, settings } = context;
  if (externalName === undefined) return [];
  const name = externalName.replace(/\.$/, '');
  const spec = (text: string): SpecOf['resolve'] => ({
    kind: 'resolve',
    host: '',
    port: 0,
    name: text,
    timeoutMs: settings.timeoutMs * 2,
  });
  return context.pods
    .filter(({ network }) => network === 'pod')
    .map((from): Planned<'resolve'> => ({
      suite: 'coredns',
      kind: 'resolve',
      role: 'resolver-external-name',
      source: sourceOf(from),
      destination: { name: serviceOf(context) ?? 'resolver' },
      crosses: byService(sourceOf(from), serviceOf(context) ?? 'resolver', 'small', { dns: true, external: true }),
      asked: { protocol: 'udp', name, recordType: 'A' },
      service: serviceOf(context),
      specs: [spec(name), spec(`${name}.`)],
      judge: (results) => judgeAsked(results, foreign.get(from.node) ?? []),
    }));
}

/**
 * AAAA of a name that has A, from the same server: an answer without data is sound. Anything else makes resolvers wait,
 * or take the name for dead. Where A is not there either, that is not AAAA's affair.
 */
function judgePair(results: ResultOf<'dns'>[], wrong: 'fail' | 'evidence'): Judgement<'dns'> {
  const [a, ...aaaa] = results;
  const answered = aaaa.find(({ got }) => got.rcode !== undefined);
  const judged = answered ? judgeReach([answered]) : judgeReach(aaaa);
  if (judged.verdict !== 'fail') return judged;
  const hasA = (a?.got.answers ?? []).length > 0;
  const reason = answered?.got.rcode === undefined ? judged.reason : `answered ${answered.got.rcode}`;
  return hasA
    ? { ...judged, verdict: wrong, reason: `${reason} for AAAA, while A is there` }
    : { ...judged, verdict: 'evidence', reason: `${reason}, and A is not there either` };
}

function pair(
  context: RunContext,
  from: ProbePod,
  name: string,
  server: string,
  role: 'service-external-aaaa' | 'upstream-external-aaaa',
): Planned<'dns'> {
  const { timeoutMs } = context.settings;
  const isService = role === 'service-external-aaaa';
  const source = sourceOf(from);
  const service = serviceOf(context);
  const destination = { ip: server, port: 53, name: (isService ? service : undefined) ?? 'the resolver of the node' };
  const spec = (recordType: 'A' | 'AAAA'): SpecOf['dns'] => ({
    kind: 'dns',
    host: server,
    port: 53,
    name,
    recordType,
    transport: 'udp',
    timeoutMs,
  });
  return {
    suite: 'coredns',
    kind: 'dns',
    role,
    source,
    destination,
    crosses: isService
      ? byService(source, service, 'small', { dns: true, external: true })
      : directly(source, destination, 'small', { external: true }),
    asked: { protocol: 'udp', name, recordType: 'AAAA' },
    ...(isService && { service }),
    specs: [spec('A'), spec('AAAA'), spec('AAAA')],
    judge: (results) => judgePair(results, isService ? 'fail' : 'evidence'),
  };
}

/**
 * A and AAAA of the external name as a pair: of the DNS Service by the pods of each node; and of the node's own
 * resolvers by the node, which says who answers wrongly and is not judged.
 */
export function planPairs(context: RunContext, resolvers: Resolvers): Planned[] {
  const { externalName, topology } = context;
  if (externalName === undefined) return [];
  const { dns } = topology;
  const server = dns && clusterIpOf(dns);
  return context.pods.flatMap((from): Planned<'dns'>[] => {
    if (from.network === 'pod')
      return server === undefined ? [] : [pair(context, from, externalName, server, 'service-external-aaaa')];
    return (resolvers.get(from.node) ?? [])
      .filter((address) => !STAYS_ON_NODE.test(address))
      .map((address) => pair(context, from, externalName, address, 'upstream-external-aaaa'));
  });
}
