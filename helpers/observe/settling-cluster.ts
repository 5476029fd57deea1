import type { DnsPod, ServiceInfo, Topology } from '../model/topology.ts';
import { nameUnder } from '../model/ingress-host.ts';
import type { RunContext } from '../model/run-context.ts';
import { pause } from './pause.ts';

/**
 * A pod is ready a second or two after it runs, and rules on nodes follow within another: unchanged for so long is at
 * rest.
 */
const AT_REST_MS = 2_000;
const POLL_MS = 500;
/** A Deployment of a few pods is rolled over in so long; what still changes then is measured as it is. */
const MOST_MS = 20_000;

const endpointsOf = ({ endpoints, endpointChanges }: ServiceInfo): string =>
  endpoints
    .map(({ ip, ready, pod, node }) => `${ip} ${pod} ${node} ${ready}`)
    .toSorted()
    .concat(String(endpointChanges))
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

/** Services behind which stand other pods than before, or the same again that were away meanwhile. */
export function changedServices(before: Topology, after: Topology): Set<string> {
  const [old, now] = [behind(before), behind(after)];
  return new Set([...now.keys(), ...old.keys()].filter((name) => old.get(name) !== now.get(name)));
}

/** Services, and hosts of Ingress objects, that were there before and are not any more. */
export function goneFrom(before: Topology, after: Topology): Set<string> {
  const named = ({ services, ingresses }: Topology): string[] => [
    ...services.map(({ namespace, name }) => `${namespace}/${name}`),
    ...ingresses.flatMap(({ rules }) => rules.map(({ host }) => nameUnder(host))),
  ];
  const now = new Set(named(after));
  return new Set(named(before).filter((name) => !now.has(name)));
}

/** Reads the cluster anew; undefined when the API server does not answer. */
export type ReadCluster = () => Promise<RunContext | undefined>;

/**
 * The cluster as suites plan by it: read anew where something failed. All suites of a run share it, so that suites that
 * observe at the same time read it once, wait for it once, and go on with what was read last.
 */
export class SettlingCluster {
  readonly #read: ReadCluster;
  /** The run as it began: what is planned from its targets may be gone by the newest reading already. */
  readonly first: RunContext;
  #newest: RunContext;
  #reading: Promise<RunContext | undefined> | undefined;
  #following: Promise<RunContext | undefined> | undefined;
  #resting: Promise<RunContext> | undefined;

  constructor(context: RunContext, read: ReadCluster) {
    this.first = context;
    this.#newest = context;
    this.#read = read;
  }

  /** The run with the cluster as it was read last. */
  get newest(): RunContext {
    return this.#newest;
  }

  /**
   * A reading that begins after this is called; whoever asks while one is under way shares the one that follows.
   * Undefined when the API server does not answer.
   */
  refresh(): Promise<RunContext | undefined> {
    if (!this.#reading) return this.#begin();
    this.#following ??= this.#reading.then(() => {
      this.#following = undefined;
      return this.#begin();
    });
    return this.#following;
  }

  /** Waits until nothing changes behind the Services, or for as long as that may take; all who wait share it. */
  atRest(signal?: AbortSignal): Promise<RunContext> {
    this.#resting ??= this.#untilRest(signal).finally(() => (this.#resting = undefined));
    return this.#resting;
  }

  #begin(): Promise<RunContext | undefined> {
    this.#reading = this.#read()
      .then((context) => {
        this.#newest = context ?? this.#newest;
        return context;
      })
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #untilRest(signal?: AbortSignal): Promise<RunContext> {
    const beganAt = performance.now();
    let last = this.#newest;
    let changedAt = beganAt;
    while (performance.now() - beganAt < MOST_MS && performance.now() - changedAt < AT_REST_MS) {
      await pause(POLL_MS, signal);
      const next = signal?.aborted ? undefined : await this.refresh();
      if (!next) break;
      if (changedServices(last.topology, next.topology).size > 0) changedAt = performance.now();
      last = next;
    }
    return last;
  }
}
