import { runsInside, type RunContext } from '../model/run-context.ts';
import { isCanary } from './canary.ts';
import { sourceKey, type Fleet } from './fleet.ts';
import { familiesOf, inFamily } from './in-family.ts';
import { pause } from './pause.ts';
import type { Planned } from './planned-probe.ts';
import { planIngress } from './plans/ingress.ts';
import { planNodePorts } from './plans/node-ports.ts';
import { planClusterIps } from './plans/services.ts';
import { readResult } from './results.ts';

/**
 * kube-proxy takes a new Service in within one or two seconds, on a cluster of thousands of Services within some ten;
 * an ingress controller reloads within as much. What takes longer is measured as it is.
 */
const LONGEST_MS = 10_000;
/** Where nothing more comes for so long, nothing more will: an outage is not waited for. */
const NO_PROGRESS_MS = 3_000;
const POLL_MS = 200;
const ATTEMPT_TIMEOUT_MS = 500;
const BATCH_TIMEOUT_MS = 5_000;

/** Every way by which the canary is asked without a firewall in between, once. */
function ways(whole: RunContext): Planned[] {
  const context = inFamily(whole, familiesOf(whole)[0] ?? 'IPv4');
  const { targets, canary } = context;
  const own: RunContext = {
    ...context,
    targets: {
      ...targets,
      services: targets.services.filter(({ namespace, name }) => isCanary(context, `${namespace}/${name}`)),
      hosts: targets.hosts.filter(({ host }) => host === canary?.ingress?.host),
    },
  };
  const references = new Map();
  return [
    ...planClusterIps(own, references),
    ...planNodePorts(own, references).filter(({ source, destination }) => source.node === destination.node),
    ...(runsInside(own) ? [] : planIngress(own, { references })),
  ].filter(({ destination }) => !whole.unheard?.includes(destination.node ?? ''));
}

/** Those that are not answered yet. */
async function open(probes: Planned[], fleet: Fleet, signal?: AbortSignal): Promise<Planned[]> {
  const bySource = Map.groupBy(probes, ({ source }) => sourceKey(source));
  const left = await Promise.all(
    [...bySource.values()].map(async (own) => {
      const [first] = own;
      if (!first) return [];
      const specs = own.flatMap(({ specs: [spec] }, index) =>
        spec ? [{ ...spec, id: String(index), timeoutMs: ATTEMPT_TIMEOUT_MS }] : [],
      );
      const batch = { batch: 'canary', concurrency: specs.length, probes: specs };
      const { results } = await fleet.run(first.source, batch, { timeoutMs: BATCH_TIMEOUT_MS, signal });
      return own.filter((probe, index) => {
        const result = results.get(String(index));
        return !result || probe.judge([readResult(probe.kind, result)]).verdict === 'fail';
      });
    }),
  );
  return left.flat();
}

/**
 * Waits until nodes and ingress controllers have taken the canary in, which was made moments ago: until each way to it
 * is answered, or for as long as that may take. Never throws.
 */
export async function takenIn(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<void> {
  if (!context.canary) return;
  const endsAt = context.canary.readyAtMs + LONGEST_MS;
  let progressAt = Date.now();
  for (let left = ways(context); left.length > 0; await pause(POLL_MS, signal)) {
    const still = await open(left, fleet, signal);
    if (still.length < left.length) progressAt = Date.now();
    left = still;
    if (Date.now() > endsAt || Date.now() - progressAt > NO_PROGRESS_MS || signal?.aborted) return;
  }
}
