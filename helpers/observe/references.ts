import type { AgentGot } from '../model/agent-got.ts';
import { isProbed } from '../model/family.ts';
import type { RunContext } from '../model/run-context.ts';
import type { TargetService } from '../model/targets.ts';
import type { EndpointInfo } from '../model/topology.ts';
import type { Fleet } from './fleet.ts';
import type { Reference } from './http-answers.ts';
import { serviceBehind, targetNamed } from './plans/ingress.ts';
import { referenceKey, serviceOf, type References } from './plans/services.ts';
import { readResult } from './results.ts';

/** Each pod is asked so often: what changes from answer to answer cannot be compared with. */
const TIMES = 2;

type Answer = Pick<AgentGot['http'], 'status' | 'body'>;

/** What a Service's pods answered, as something to compare with; undefined of no answer. */
export function referenceOf(answers: readonly Answer[]): Reference | undefined {
  const statuses = [...new Set(answers.flatMap(({ status }) => (status === undefined ? [] : [status])))];
  if (statuses.length === 0) return undefined;
  const bodies = new Set(answers.map(({ body = '' }) => body));
  const [body] = bodies;
  return { statuses, ...(bodies.size === 1 && statuses.length === 1 && { body }) };
}

/** From the endpoint's own node: the shortest way, which an overlay outage leaves alone. */
async function askEndpoint(
  { pods, settings: { timeoutMs } }: RunContext,
  { ip, node, ports }: EndpointInfo,
  { portName, path }: { portName: string; path: string },
  fleet: Fleet,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const source = pods.find((pod) => pod.node === node && pod.network === 'host') ?? pods[0];
  const port = ports[portName];
  if (!source || port === undefined) return [];
  const probes = Array.from({ length: TIMES }, (_, time) => ({
    kind: 'http' as const,
    id: `reference-${time}`,
    host: ip,
    port,
    path,
    timeoutMs,
  }));
  const batch = { batch: `reference-${ip}-${path}`, concurrency: 1, probes };
  const { results } = await fleet.run(source, batch, { timeoutMs: TIMES * timeoutMs + 10_000, signal });
  return [...results.values()].flatMap((result) => (result.error ? [] : [readResult('http', result).got]));
}

/** The paths by which a Service is asked: its own, and those of the hosts that lead to it. */
function pathsOf(context: RunContext, target: TargetService): string[] {
  const hosts = context.targets.hosts.filter((host) => {
    const service = serviceBehind(context, host);
    return service !== undefined && targetNamed(context, service) === target;
  });
  return [...new Set([target.healthPath, ...hosts.map(({ path }) => path)])];
}

/** What the Services' own pods answer when asked directly, for targets whose identity is told by comparison. */
export async function readReferences(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<References> {
  const compared = context.targets.services.filter(
    ({ identity, httpPort }) => identity.kind === 'compare' && httpPort !== undefined,
  );
  const references = await Promise.all(
    compared.flatMap((target) =>
      pathsOf(context, target).map(async (path): Promise<[string, Reference | undefined]> => {
        const service = serviceOf(context, target);
        const portName = service?.ports.find(({ port }) => port === target.httpPort)?.name ?? '';
        const ready = (service?.endpoints ?? []).filter((endpoint) => endpoint.ready && isProbed(endpoint));
        const answers = await Promise.all(
          ready.map((endpoint) => askEndpoint(context, endpoint, { portName, path }, fleet, signal)),
        );
        return [referenceKey(`${target.namespace}/${target.name}`, path), referenceOf(answers.flat())];
      }),
    ),
  );
  return new Map(references.filter((entry): entry is [string, Reference] => entry[1] !== undefined));
}
