import type { ClusterClient } from '../cluster/connect.ts';
import { applyObjects } from '../cluster/objects.ts';
import { NetwrightError } from '../errors.ts';
import type { ProbePod } from '../model/run-context.ts';
import { probeObjectsOf, type ProbeObjectsOptions } from '../probe/manifests.ts';

/** By these codes somebody is against an object for what it holds: the other network's may be welcome. */
const REFUSALS = new Set<string>(['api-denied', 'webhook-unreachable']);

/**
 * Applies the probes of both networks. One that is refused costs its own network alone, and is resolved to with the
 * words of who refused. Throws what is no refusal.
 */
export async function applyProbes(
  client: ClusterClient,
  options: ProbeObjectsOptions,
  signal: AbortSignal,
): Promise<Map<ProbePod['network'], NetwrightError>> {
  const refused = new Map<ProbePod['network'], NetwrightError>();
  await Promise.all(
    (['pod', 'host'] as const).map(async (network) => {
      try {
        await applyObjects(client, probeObjectsOf(network, options), signal);
      } catch (error) {
        if (!(error instanceof NetwrightError) || !REFUSALS.has(error.code)) throw error;
        refused.set(network, error);
      }
    }),
  );
  return refused;
}
