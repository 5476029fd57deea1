import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeObservation } from '../model/observation.ts';
import type { DnsPod, ServiceInfo, Topology } from '../model/topology.ts';
import type { RunContext } from '../model/run-context.ts';
import { measure, record, type ExecuteOptions } from './execute.ts';
import { judgementOf, type Measured, type Planned } from './planned-probe.ts';

/**
 * A pod is ready a second or two after it runs, and rules on nodes follow within another: unchanged for so long is at
 * rest.
 */
const AT_REST_MS = 2_000;
const POLL_MS = 500;
/** A Deployment of a few pods is rolled over in so long; what still changes then is measured as it is. */
const MOST_MS = 20_000;
const MOST_ROUNDS = 3;

export interface SettleOptions extends ExecuteOptions {
  /** The run with the cluster read anew; undefined when the API server does not answer. */
  refresh: () => Promise<RunContext | undefined>;
}

const endpointsOf = ({ endpoints }: ServiceInfo): string =>
  endpoints
    .map(({ ip, ready, pod, node }) => `${ip} ${pod} ${node} ${ready}`)
    .toSorted()
    .join();
const dnsOf = (pods: DnsPod[]): string =>
  pods
    .map(({ name, ip, node, restarts }) => `${name} ${ip} ${node} ${restarts}`)
    .toSorted()
    .join();

/** What stands behind each Service, in a form that can be compared. */
function behind({ services, dns, dnsPods }: Topology): Map<string, string> {
  const all = services.map((service): [string, string] => [
    `${service.namespace}/${service.name}`,
    endpointsOf(service),
  ]);
  return new Map(dns ? [...all, [`${dns.namespace}/${dns.name}`, `${endpointsOf(dns)} ${dnsOf(dnsPods)}`]] : all);
}

/** Services behind which stand other pods than before. */
export function changedServices(before: Topology, after: Topology): Set<string> {
  const [old, now] = [behind(before), behind(after)];
  return new Set([...now.keys(), ...old.keys()].filter((name) => old.get(name) !== now.get(name)));
}

/** Waits until nothing changes behind the Services, or for as long as that may take. */
async function atRest(first: RunContext, refresh: SettleOptions['refresh'], signal?: AbortSignal): Promise<RunContext> {
  let last = first;
  let restMs = 0;
  for (let waitedMs = 0; waitedMs < MOST_MS && restMs < AT_REST_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    if (signal?.aborted) return last;
    const next = await refresh();
    if (!next) return last;
    restMs = changedServices(last.topology, next.topology).size > 0 ? 0 : restMs + POLL_MS;
    last = next;
  }
  return last;
}

const hasFailed = (each: Measured): boolean => !each.lost && judgementOf(each)?.verdict === 'fail';

/**
 * Runs a plan as `execute` does, and again for Services whose pods changed while they were probed: pods that come and
 * go under a roll-out or a scaling are no fault, and what failed towards those that are gone says nothing. What fails
 * with the same pods before and after stays failed, at once.
 */
export async function executeSettled(
  context: RunContext,
  plan: (context: RunContext) => Planned[],
  options: SettleOptions,
): Promise<{ observations: ProbeObservation[]; context: RunContext }> {
  let now = context;
  let measured = await measure(plan(now), options);
  for (let round = 1; round < MOST_ROUNDS && measured.some(hasFailed); round += 1) {
    const fresh = await options.refresh();
    if (!fresh) break;
    const changed = changedServices(now.topology, fresh.topology);
    const touched = new Set(
      measured
        .filter(hasFailed)
        .flatMap(({ probe }) => (probe.service !== undefined && changed.has(probe.service) ? [probe.service] : [])),
    );
    if (touched.size === 0) break;
    now = await atRest(fresh, options.refresh, options.signal);
    const isTouched = ({ service }: Pick<Planned, 'service'>) => service !== undefined && touched.has(service);
    const again = await measure(plan(now).filter(isTouched), options);
    measured = [...measured.filter(({ probe }) => !isTouched(probe)), ...again];
  }
  return { observations: record(measured, options.recorder), context: now };
}
