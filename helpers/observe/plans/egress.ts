import type { ProbePod, RunContext } from '../../model/run-context.ts';
import { judgeDns, judgeReach } from '../judges.ts';
import type { Planned, SpecOf } from '../planned-probe.ts';
import { directly } from './crossing.ts';
import { externalRecord } from './external-record.ts';

/** Addresses of the resolvers that a node itself is given, by node. */
export type Resolvers = ReadonlyMap<string, string[]>;

type Transport = 'udp' | 'tcp';

/**
 * So many connections show a fraction that is lost by their source ports: a twelfth at least, with a chance of one half
 * for each, in all but one of 4,000 runs.
 */
const CONNECTIONS = 12;

/** What a resolver on the node itself or on a link of its own says nothing of: the way out of the node. */
export const STAYS_ON_NODE = /^(127\.|169\.254\.|::1|fe80:)/;

function ask(
  context: RunContext,
  { network, node, pod, ip }: ProbePod,
  server: string,
  name: string,
  transport: Transport,
): Planned<'dns'> {
  const { timeoutMs } = context.settings;
  const { recordType, expected } = externalRecord(context);
  const spec: SpecOf['dns'] = { kind: 'dns', host: server, port: 53, name, recordType, transport, timeoutMs };
  const source = { network, node, pod, ip };
  const destination = { ip: server, port: 53, name: 'the resolver of the node' };
  return {
    suite: 'coredns',
    kind: 'dns',
    role: 'upstream-external-name',
    source,
    destination,
    crosses: directly(source, destination, 'small', { external: true }),
    asked: { protocol: transport, name, recordType, ...(transport === 'tcp' && { connections: CONNECTIONS }) },
    specs: Array.from({ length: transport === 'tcp' ? CONNECTIONS : 2 }, () => spec),
    // Over UDP one answer is enough; of connections none may be lost.
    judge: (results) =>
      transport === 'tcp' && results.some(({ error }) => error) ? judgeReach(results) : judgeDns(results, expected),
  };
}

function plan(
  context: RunContext,
  network: 'pod' | 'host',
  resolvers: Resolvers,
  wanted: (node: string, server: string, transport: Transport) => boolean,
): Planned<'dns'>[] {
  const name = context.externalName;
  if (!name) return [];
  return context.pods
    .filter((pod) => pod.network === network)
    .flatMap((pod) =>
      (resolvers.get(pod.node) ?? [])
        .filter((server) => !STAYS_ON_NODE.test(server))
        .flatMap((server) =>
          (['udp', 'tcp'] as const)
            .filter((transport) => wanted(pod.node, server, transport))
            .map((transport) => ask(context, pod, server, name, transport)),
        ),
    );
}

/** The configured external name, asked of each node's own resolvers by the node itself. */
export const planHostEgress = (context: RunContext, resolvers: Resolvers): Planned<'dns'>[] =>
  plan(context, 'host', resolvers, () => true);

/**
 * The same from the pods of each node, where the node itself is answered: what then fails is the way of pods out of the
 * node.
 */
export function planPodEgress(
  context: RunContext,
  resolvers: Resolvers,
  answered: ReadonlySet<string>,
): Planned<'dns'>[] {
  return plan(context, 'pod', resolvers, (node, server, transport) => answered.has(`${node} ${server} ${transport}`));
}

/** Names what was asked by a node's own network, as `planPodEgress` looks it up. */
export const wayOf = ({ source, destination, asked }: Pick<Planned, 'source' | 'destination' | 'asked'>): string =>
  `${source.node} ${destination.ip} ${asked.protocol}`;
