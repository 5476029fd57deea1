import type { Resolv } from '../../model/facts/agent.ts';
import type { ProbePod, RunContext } from '../../model/run-context.ts';
import { judgeReach } from '../judges.ts';
import type { Judgement, Planned, ResultOf, SpecOf } from '../planned-probe.ts';
import { byService, directly } from './crossing.ts';

/** What pods of each node are given as resolver, by node. */
export type PodResolvers = ReadonlyMap<string, Resolv>;

/** So many search domains of a node are asked at most; more than a few are not seen. */
const MOST_DOMAINS = 6;

/** Names with fewer dots than this are looked up under the search domains first; 1 where nothing says so. */
export const ndotsOf = ({ options }: Resolv): number =>
  options.flatMap((option) => Number(/^ndots:(\d+)$/.exec(option)?.[1] ?? Number.NaN)).findLast(Number.isFinite) ?? 1;

const bare = (domain: string): string => domain.replace(/\.$/, '').toLowerCase();

/** The search domains that pods have from their node: not the cluster's own, and not the root. */
export const foreignDomains = ({ search }: Resolv, clusterDomain: string): string[] =>
  [...new Set(search.map(bare))]
    .filter((domain) => domain !== '' && domain !== clusterDomain && !domain.endsWith(`.${clusterDomain}`))
    .slice(0, MOST_DOMAINS);

/** A name that nobody has: under `invalid`, which RFC 6761 keeps from being given away, and new in each run. */
const nobodys = ({ runId }: RunContext): string => `netwright-${runId.toLowerCase()}.invalid`;

const addressesIn = ({ got: { answers = [] } }: ResultOf<'dns'>): string[] =>
  answers.filter((answer) => typeof answer === 'string');

const isNoAnswer = ({ error }: ResultOf<'dns'>): boolean => error?.kind === 'not-observed' || error?.kind === 'aborted';

/**
 * How a search domain answered for a name that nobody has, asked twice, and how the same server answered for a name
 * that is there. No such name, or no data: sound. What is wrong hurts only where pods ask it before the name itself.
 */
function judgeNobodys(results: ResultOf<'dns'>[], ndots: number): Judgement<'dns'> {
  const [first, second, control] = results;
  const asked = [first, second].filter((result) => result !== undefined);
  const answered = asked.find(({ got }) => got.rcode !== undefined) ?? asked[0];
  if (!answered || asked.every(isNoAnswer)) return judgeReach(asked);
  const { got } = answered;
  const addresses = addressesIn(answered);
  const hurts = ndots > 1;
  if (addresses.length > 0)
    return {
      verdict: hurts ? 'fail' : 'evidence',
      errorKind: 'wrong-answer',
      reason: `answered ${addresses.join(', ')} for a name that nobody has`,
      got,
    };
  if (got.rcode === 'NOERROR' || got.rcode === 'NXDOMAIN') return { verdict: 'pass', got };
  const { kind, text } = answered.error ?? { kind: 'other' as const, text: 'no error was given' };
  const isServed = control !== undefined && addressesIn(control).length > 0;
  return {
    verdict: hurts && isServed ? 'fail' : 'evidence',
    errorKind: kind,
    reason: got.rcode === undefined ? text : `answered ${got.rcode}`,
    got,
  };
}

function ask(context: RunContext, from: ProbePod, server: string, role: 'search-domain' | 'absent-name', name: string) {
  const { network, node, pod, ip } = from;
  const { dns } = context.topology;
  const source = { network, node, pod, ip };
  const service = dns && dns.clusterIp === server ? `${dns.namespace}/${dns.name}` : undefined;
  const destination = { ip: server, port: 53, name: service ?? 'the resolver of pods' };
  return {
    suite: 'coredns' as const,
    kind: 'dns' as const,
    role,
    source,
    destination,
    crosses: service
      ? byService(source, service, 'small', { dns: true, external: true })
      : directly(source, destination, 'small', { external: true }),
    asked: { protocol: 'udp' as const, name, recordType: 'A' as const },
    ...(service !== undefined && { service }),
  };
}

/**
 * What each search domain that pods have from their node answers for a name that nobody has, asked as the pods' own
 * resolver asks it; and what the same server answers for that name without a search domain.
 */
export function planSearchDomains(context: RunContext, resolvers: PodResolvers, clusterDomain: string): Planned[] {
  const { timeoutMs } = context.settings;
  if (context.isSecondFamily) return [];
  return context.pods
    .filter(({ network }) => network === 'pod')
    .flatMap((from): Planned<'dns'>[] => {
      const resolv = resolvers.get(from.node);
      const server = resolv?.nameservers[0];
      const domains = resolv ? foreignDomains(resolv, clusterDomain) : [];
      if (!resolv || server === undefined || domains.length === 0) return [];
      const spec = (name: string): SpecOf['dns'] => ({
        kind: 'dns',
        host: server,
        port: 53,
        name,
        recordType: 'A',
        transport: 'udp',
        timeoutMs,
      });
      const control = context.externalName === undefined ? [] : [spec(context.externalName)];
      const absent = nobodys(context);
      return [
        ...domains.map((domain): Planned<'dns'> => {
          const name = `${absent}.${domain}`;
          return {
            ...ask(context, from, server, 'search-domain', name),
            specs: [spec(name), spec(name), ...control],
            judge: (results) => judgeNobodys(results, ndotsOf(resolv)),
          };
        }),
        {
          ...ask(context, from, server, 'absent-name', absent),
          specs: [spec(absent)],
          // Read by the diagnosis: a resolver that has an address for every name is its owner's choice.
          judge: ([result]) => ({ verdict: 'evidence', got: result?.got ?? {} }),
        },
      ];
    });
}
