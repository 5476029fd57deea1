import type { KubernetesObject, V1IngressClass, V1Service } from '@kubernetes/client-node';
import { statusOf, whyOf } from '../cluster/api-error.ts';
import { withSignal, type ClusterClient } from '../cluster/connect.ts';
import type { IngressController } from '../cluster/ingress/controllers.ts';
import { servedClass, type ServedClass } from '../cluster/ingress/served-class.ts';
import { applyObject } from '../cluster/objects.ts';
import { listAll } from '../cluster/pages.ts';
import { ingressInfo, serviceInfo } from '../cluster/read-objects.ts';
import type { Canary } from '../model/canary.ts';
import type { Hole } from '../model/finding.ts';
import type { ProbePod } from '../model/run-context.ts';
import type { IngressInfo, ServiceInfo } from '../model/topology.ts';
import { canaryHeadless, canaryHost, canaryIngress, canaryService, type CanaryOptions } from '../probe/canary.ts';
import { probeNamespaces } from '../probe/manifests.ts';
import { waitForEndpoints } from './canary-endpoints.ts';

/**
 * A webhook of an ingress controller that nobody reaches holds a request for ten seconds and more: the canary's Ingress
 * is not waited for beyond the time that a roll-out may take.
 */
const APPLY_TIMEOUT_MS = 8_000;

export interface MakeCanary extends CanaryOptions {
  key: string;
  hasNodePorts: boolean;
  /** The class that is configured for its Ingress; `none` for no Ingress. */
  ingressClass?: string;
  /** Those that were found. */
  controllers: readonly IngressController[];
  /** Whether the nodes of the main one are configured. */
  isPlaced: boolean;
}

/** What was made, and what was not. */
export interface MadeCanary {
  canary?: Canary;
  services: ServiceInfo[];
  ingresses: IngressInfo[];
  holes: Hole[];
}

/** Where there is nothing to make one before, and that is said already. */
export const NO_CANARY: MadeCanary = { services: [], ingresses: [], holes: [] };

/** Objects as the server has them. */
interface Applied {
  services: V1Service[];
  ingress?: KubernetesObject;
  served?: ServedClass;
  holes: Hole[];
}

const isRefused = (error: unknown): boolean => {
  const status = statusOf(error instanceof Error && error.cause !== undefined ? error.cause : error) ?? 0;
  return status >= 400 && status < 500;
};

/** What is refused is the operator's choice (rights, a quota, a policy); what went wrong otherwise leaves a gap. */
const leftOut = (what: string, error: unknown): Hole => ({
  what,
  why: whyOf(error),
  ...(isRefused(error) && { isByChoice: true }),
});

async function applyServices(client: ClusterClient, options: MakeCanary, signal: AbortSignal): Promise<Applied> {
  const { hasNodePorts } = options;
  const plain = () => applyObject(client, canaryService(options, false), signal);
  const [own, twin] = await Promise.allSettled([
    hasNodePorts
      ? applyObject(client, canaryService(options, true), signal).then(
          (service) => ({ service, holes: [] as Hole[] }),
          async (error: unknown) => {
            if (!isRefused(error)) throw error;
            // A quota or a policy may be against NodePorts alone.
            return { service: await plain(), holes: [leftOut("NodePorts of Netwright's own Service", error)] };
          },
        )
      : plain().then((service) => ({ service, holes: [] as Hole[] })),
    applyObject(client, canaryHeadless(options), signal),
  ]);
  if (own.status === 'rejected')
    return { services: [], holes: [leftOut("Netwright's own Service and Ingress", own.reason)] };
  return {
    services: [own.value.service, ...(twin.status === 'fulfilled' ? [twin.value] : [])],
    holes: [
      ...own.value.holes,
      ...(twin.status === 'rejected' ? [leftOut("Netwright's own headless Service", twin.reason)] : []),
    ],
  };
}

async function applyIngress(
  client: ClusterClient,
  options: MakeCanary,
  signal: AbortSignal,
): Promise<Pick<Applied, 'ingress' | 'served' | 'holes'>> {
  const { ingressClass: wanted, controllers, isPlaced } = options;
  const what = "Netwright's own Ingress";
  if (wanted === 'none') return { holes: [] };
  try {
    const classes: V1IngressClass[] = await listAll((page) => client.networking.listIngressClass(page));
    // Without an ingress controller there is nothing to test, and nothing to say.
    if (classes.length === 0 && wanted === undefined) return { holes: [] };
    const served = servedClass({ classes, wanted, controllers, isPlaced });
    if (typeof served === 'string') return { holes: [{ what, why: served, isByChoice: true }] };
    return { ingress: await applyObject(client, canaryIngress(options, served), signal), served, holes: [] };
  } catch (error) {
    return { holes: [leftOut(what, error)] };
  }
}

/**
 * Makes the canary beside the probes: a Service, its headless twin, and an Ingress. `whenRunning` waits for its
 * endpoints once the probe pods run. Neither rejects but for an abort: what could not be made is a hole with its
 * reason.
 */
export function makeCanary(
  client: ClusterClient,
  options: MakeCanary,
  signal: AbortSignal,
): { whenRunning: (pods: readonly ProbePod[]) => Promise<MadeCanary> } {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(APPLY_TIMEOUT_MS)]);
  const asking = withSignal(client, bounded);
  const applying = Promise.all([applyServices(asking, options, bounded), applyIngress(asking, options, bounded)]);
  // Both turn what fails into holes; an abort is looked at below.
  applying.catch(() => {});
  const namespace = probeNamespaces(options.runId).pod;
  const whenRunning = async (pods: readonly ProbePod[]): Promise<MadeCanary> => {
    const [applied, { ingress, served, holes: without }] = await applying;
    signal.throwIfAborted();
    const holes = [...applied.holes, ...(applied.services.length > 0 ? without : [])];
    const [own] = applied.services;
    if (!pods.some(({ network }) => network === 'pod')) return NO_CANARY;
    if (!own) return { ...NO_CANARY, holes };
    const { slices, missing } = await waitForEndpoints(withSignal(client, signal), namespace, pods);
    if (missing !== undefined) {
      return { ...NO_CANARY, holes: [...holes, { what: "Netwright's own Service", why: missing }] };
    }
    const services = applied.services.map((service) => serviceInfo(service, slices));
    const canary: Canary = {
      service: `${namespace}/${own.metadata?.name ?? ''}`,
      key: options.key,
      readyAtMs: Date.now(),
      ...(served &&
        ingress && {
          ingress: { host: canaryHost(options.runId), ...(served.place > 0 && { ingress: served.place - 1 }) },
        }),
    };
    return { canary, services, ingresses: ingress ? [ingressInfo(ingress)] : [], holes };
  };
  return { whenRunning };
}
