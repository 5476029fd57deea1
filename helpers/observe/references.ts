import { isServing } from '../model/service.ts';
import type { RunContext } from '../model/run-context.ts';
import type { TargetService } from '../model/targets.ts';
import type { EndpointInfo } from '../model/topology.ts';
import { familiesOf, inFamily } from './in-family.ts';
import type { Fleet } from './fleet.ts';
import { backendOf } from './plans/ingress-backend.ts';
import { qualified, referenceKey, serviceOf, type References } from './plans/services.ts';
import { isLate } from './late.ts';
import { referenceBy, type Reference, type Tried } from './reference.ts';
import { readResult } from './results.ts';

/** Requests to each pod: what changes between them is not compared. */
const TIMES = 2;

/** One question to each pod of a Service. */
interface Question {
  target: TargetService;
  path: string;
  /** As the ingress passes it on, for what answers by its host. */
  host?: string;
}

/** From the endpoint's own node: the shortest path, which an overlay outage does not touch. */
async function askEndpoint(
  { pods, settings: { timeoutMs } }: RunContext,
  { ip, node, ports }: EndpointInfo,
  { portName, path, host }: { portName: string; path: string; host?: string },
  fleet: Fleet,
  signal?: AbortSignal,
): Promise<Tried[]> {
  const source = pods.find((pod) => pod.node === node && pod.network === 'host') ?? pods[0];
  const port = ports[portName];
  if (!source || port === undefined) return [];
  const probes = Array.from({ length: TIMES }, (_, time) => ({
    kind: 'http' as const,
    id: `reference-${time}`,
    host: ip,
    port,
    path,
    hostHeader: host,
    timeoutMs,
  }));
  const batch = { batch: `reference-${ip}-${host ?? ''}${path}`, concurrency: 1, probes };
  const { results } = await fleet.run(source, batch, { timeoutMs: TIMES * timeoutMs + 10_000, signal });
  return [...results.values()].map((result) =>
    result.error
      ? { error: result.error.kind, isLate: isLate({ error: result.error, got: readResult('http', result).got }) }
      : { answer: readResult('http', result).got },
  );
}

/** Every Service by its own path, and as each host asks it that leads to it. */
function questionsOf(context: RunContext): Question[] {
  const { services, hosts } = context.targets;
  const questions: Question[] = [
    ...services.map((target) => ({ target, path: target.healthPath })),
    ...hosts.flatMap((targetHost) => {
      const { target } = backendOf(context, targetHost);
      return target ? [{ target, path: targetHost.path, host: targetHost.host }] : [];
    }),
  ];
  return questions.filter(
    ({ target: { identity, httpPort } }) => identity.kind === 'compare' && httpPort !== undefined,
  );
}

/** What the Services' own pods answer when asked directly, for targets whose identity is told by comparison. */
export async function readReferences(whole: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<References> {
  const context = inFamily(whole, familiesOf(whole)[0] ?? 'IPv4');
  const references = await Promise.all(
    questionsOf(context).map(async ({ target, path, host }): Promise<[string, Reference | undefined]> => {
      const service = serviceOf(context, target);
      const portName = service?.ports.find(({ port }) => port === target.httpPort)?.name ?? '';
      const ready = (service?.endpoints ?? []).filter((endpoint) => isServing(endpoint));
      const tried = await Promise.all(
        ready.map((endpoint) => askEndpoint(context, endpoint, { portName, path, host }, fleet, signal)),
      );
      return [referenceKey(qualified(target), path, host), referenceBy(tried.flat())];
    }),
  );
  return new Map(references.filter((entry): entry is [string, Reference] => entry[1] !== undefined));
}
