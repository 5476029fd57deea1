import type { RunContext } from '../model/run-context.ts';
import type { Fleet } from './fleet.ts';
import { readResult } from './results.ts';
import { serviceOf, type References } from './plans/services.ts';
import { isProbed } from '../model/family.ts';

/**
 * What the Services' own pods answer when asked directly, for targets whose identity is told by comparison. A Service
 * whose pods answer differently from each other has no reference: then nothing can be told, and nothing is.
 */
export async function readReferences(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<References> {
  const compared = context.targets.services.filter(
    ({ identity, httpPort }) => identity.kind === 'compare' && httpPort !== undefined,
  );
  const references = await Promise.all(
    compared.map(async (target): Promise<[string, string | undefined]> => {
      const service = serviceOf(context, target);
      const portName = service?.ports.find(({ port }) => port === target.httpPort)?.name ?? '';
      const bodies = await Promise.all(
        (service?.endpoints ?? [])
          .filter((endpoint) => endpoint.ready && isProbed(endpoint))
          .map(async (endpoint) => {
            // From the endpoint's own node: the shortest way, which an overlay outage leaves alone.
            const source =
              context.pods.find(({ node, network }) => node === endpoint.node && network === 'host') ?? context.pods[0];
            const port = endpoint.ports[portName];
            if (!source || port === undefined) return undefined;
            const spec = {
              kind: 'http' as const,
              id: 'reference',
              host: endpoint.ip,
              port,
              path: target.healthPath,
              timeoutMs: context.settings.timeoutMs,
            };
            const { results } = await fleet.run(
              source,
              { batch: `reference-${endpoint.ip}`, concurrency: 1, probes: [spec] },
              { timeoutMs: spec.timeoutMs + 10_000, signal },
            );
            const result = results.get('reference');
            const { status, body = '' } = result ? readResult('http', result).got : {};
            return status === 200 ? body : undefined;
          }),
      );
      const answers = new Set(bodies.filter((body) => body !== undefined));
      return [`${target.namespace}/${target.name}`, answers.size === 1 ? [...answers][0] : undefined];
    }),
  );
  return new Map(references.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
