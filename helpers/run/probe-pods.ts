import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { apiError } from '../cluster/api-error.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { labelSelectorOf } from '../cluster/label-selector.ts';
import { listAll } from '../cluster/pages.ts';
import { warningsIn } from '../cluster/warnings.ts';
import { webhookBackend } from '../cluster/webhook.ts';
import type { NetworkEvent } from '../model/facts/kubernetes.ts';
import type { Hole } from '../model/finding.ts';
import type { NodeInfo } from '../model/topology.ts';
import type { ProbeNamespaces, ProbePod } from '../model/run-context.ts';
import { daemonSetName, probeNamespaces, probeSelector } from '../probe/manifests.ts';
import { holesOf, type Missing } from './missing-probes.ts';
import { stateOf, type ProbeState } from './probe-state.ts';
import { unheardSeconds } from './unheard.ts';

/** Far above a roll-out on a healthy node (3 s); a node that is down never gets there, and is not waited for. */
const ROLL_OUT_TIMEOUT_MS = 60_000;
/** What is refused once is tried again by the kubelet or the controller; what is wrong stays wrong. */
const GIVE_UP_MS = 8_000;
/** An agent that cannot serve ends within a second of its start: one that runs for longer than this stays. */
const STEADY_MS = 2_000;
/** Pods need seconds to start: polling faster costs the API more than it gains. */
const POLL_MS = 300;
/** Only a roll-out that takes longer than most is asked for its reasons, and not at every look. */
const WHY_MS = 2_000;
/** Where more nodes than this are slow, it is not their kubelets. */
const MOST_LEASES = 8;

const NETWORKS = ['pod', 'host'] as const;
type Network = ProbePod['network'];

interface Awaited {
  node: NodeInfo;
  network: Network;
  state: ProbeState;
  /** The pod has its node, and that node's kubelet has said nothing of it. */
  isUntaken: boolean;
}

export interface AwaitedProbes {
  runId: string;
  /** Namespaces that were there already. */
  prepared?: ProbeNamespaces;
  nodes: NodeInfo[];
  signal: AbortSignal;
  /** Networks whose probes were refused before any pod was asked for, and why. */
  refused?: ReadonlyMap<Network, string>;
  /** Nodes that hold as many pods as they may, and in which words. */
  full?: ReadonlyMap<string, string>;
}

export interface RolledOut {
  pods: ProbePod[];
  holes: Hole[];
  /** Probes that do not run on nodes that are Ready. */
  missing: Missing[];
  /** Of those nodes the ones whose kubelet has not been heard for longer than any that is well. */
  unheard: string[];
  /** What was said of pods that do not start; empty where all of them do. */
  events: NetworkEvent[];
}

/** A pod that has no node yet says by its affinity for which one it was made. */
const nodeOf = ({ spec }: V1Pod): string | undefined =>
  spec?.nodeName ??
  spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values?.[0];

const isUntakenPod = (pod: V1Pod | undefined): boolean =>
  pod?.spec?.nodeName !== undefined && pod.status?.startTime === undefined && !pod.status?.containerStatuses;

/** The roll-out of one run as it is looked at again and again. */
class Watched {
  readonly #client: ClusterClient;
  readonly #rollOut: AwaitedProbes;
  readonly #namespaces: ProbeNamespaces;
  readonly #startedAt = Date.now();
  #askedWhyAt = this.#startedAt;
  #events: NetworkEvent[] = [];
  #unread: string | undefined;
  #unheard: ReadonlyMap<string, number> = new Map();
  /** Since when somebody has been saying why a probe does not run. */
  readonly #toldAt = new Map<string, number>();
  /** Since when a probe that was started anew has been running. */
  readonly #again = new Map<string, { restarts: number; at: number }>();

  constructor(client: ClusterClient, rollOut: AwaitedProbes) {
    this.#client = client;
    this.#rollOut = rollOut;
    this.#namespaces = probeNamespaces(rollOut.runId, rollOut.prepared);
  }

  get isOver(): boolean {
    return Date.now() - this.#startedAt > ROLL_OUT_TIMEOUT_MS;
  }

  get events(): NetworkEvent[] {
    return this.#events;
  }

  async look(): Promise<Awaited[]> {
    const { signal, refused, nodes, runId } = this.#rollOut;
    const asked = NETWORKS.filter((network) => !refused?.has(network));
    const lists = await Promise.all(
      asked.map((network) =>
        listAll((page) =>
          this.#client.core.listNamespacedPod({
            ...page,
            namespace: this.#namespaces[network],
            labelSelector: labelSelectorOf(probeSelector(runId, network)),
          }),
        ),
      ),
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      throw apiError(error, `waiting for the probes: the API server ${this.#client.server}`, this.#client.server);
    });
    return asked.flatMap((network, index) =>
      nodes.map((node): Awaited => {
        const pod = lists[index]?.find((each) => nodeOf(each) === node.name);
        const state = this.#settled(
          `${network} ${node.name}`,
          stateOf(pod, network, this.#daemonSet(network), this.#events),
        );
        const isUntaken = isUntakenPod(pod);
        return { node, network, state: (isUntaken && this.#silence(node)) || state, isUntaken };
      }),
    );
  }

  /** A probe that ended once, as on a busy node, is as good as any once it runs on. */
  #settled(key: string, state: ProbeState): ProbeState {
    if ('pod' in state || !state.again) return state;
    const { pod, restarts } = state.again;
    const seen = this.#again.get(key);
    if (seen?.restarts === restarts) return Date.now() - seen.at < STEADY_MS ? state : { pod };
    this.#again.set(key, { restarts, at: Date.now() });
    return state;
  }

  get unheard(): string[] {
    return [...this.#unheard.keys()];
  }

  #silence({ name }: NodeInfo): ProbeState | undefined {
    const seconds = this.#unheard.get(name);
    return seconds === undefined
      ? undefined
      : { waiting: `the kubelet of ${name} has not been heard for ${seconds} s`, isTold: true, patienceMs: 0 };
  }

  #daemonSet(network: Network): string {
    return `DaemonSet ${this.#namespaces[network]}/${daemonSetName(network, this.#rollOut)}`;
  }

  /** Asks why pods do not run, where some take longer than most. */
  async askWhy(open: Awaited[]): Promise<void> {
    const now = Date.now();
    if (open.length === 0 || now - this.#askedWhyAt < WHY_MS) return;
    this.#askedWhyAt = now;
    const networks = NETWORKS.filter((network) => open.some((each) => each.network === network));
    const read = await Promise.all(networks.map((network) => warningsIn(this.#client, this.#namespaces[network])));
    this.#unread = read.find(({ notObserved }) => notObserved !== undefined)?.notObserved;
    this.#events = read.flatMap(({ value }) => value ?? []);
    const untaken = open.filter(({ isUntaken }) => isUntaken).map(({ node }) => node.name);
    const silent = [...new Set(untaken)].slice(0, MOST_LEASES);
    // One that was given up is not asked again, and stays so.
    this.#unheard = new Map([...this.#unheard, ...(await unheardSeconds(this.#client, silent))]);
  }

  /** Those that may still come. */
  open(awaited: Awaited[]): Awaited[] {
    const now = Date.now();
    return awaited.filter(({ node, network, state }) => {
      const key = `${network} ${node.name}`;
      if ('pod' in state || !node.ready) return false;
      if (!state.isTold) {
        this.#toldAt.delete(key);
        return true;
      }
      const since = this.#toldAt.get(key) ?? now;
      this.#toldAt.set(key, since);
      const isFull = this.#rollOut.full?.has(node.name) === true;
      return !isFull && now - since <= (state.patienceMs ?? GIVE_UP_MS);
    });
  }

  /** Why probes do not run, with all that is known of who keeps them from it. */
  async missing(awaited: Awaited[]): Promise<Missing[]> {
    const { refused = new Map<Network, string>(), full, nodes } = this.#rollOut;
    const backends = new Map<string, Promise<string>>();
    const withBackend = async (why: string) => {
      if (!backends.has(why)) backends.set(why, webhookBackend(this.#client, why));
      return `${why}${await backends.get(why)}`;
    };
    const unmade = awaited.flatMap(({ node, network, state }) => {
      if ('pod' in state || !node.ready) return [];
      const isFull = full?.get(node.name);
      const isRefused = state.isRefused === true;
      if (isFull !== undefined && state.isTold)
        return [{ node, network, why: `${isFull}: ${state.waiting}`, isRefused }];
      const unread = !state.isTold && this.#unread ? ` (events could not be read: ${this.#unread})` : '';
      return [{ node, network, why: `${state.waiting}${unread}`, isRefused }];
    });
    const never = [...refused].flatMap(([network, why]) =>
      nodes.filter(({ ready }) => ready).map((node) => ({ node, network, why, isRefused: true })),
    );
    return Promise.all(
      [...unmade, ...never].map(async ({ node, network, why, isRefused }) => ({
        node: node.name,
        network,
        isRefused,
        why: await withBackend(why),
      })),
    );
  }
}

/**
 * Waits until every node has its probe pods, or it is clear that it will not. A node that is not Ready is not waited
 * for: it, and each pod that does not come, is a hole with its reason, in the words of who refused.
 */
export async function waitForProbes(client: ClusterClient, rollOut: AwaitedProbes): Promise<RolledOut> {
  const { signal, nodes } = rollOut;
  const watched = new Watched(client, rollOut);
  for (;;) {
    signal.throwIfAborted();
    const awaited = await watched.look();
    const open = watched.open(awaited);
    if (open.length === 0 || watched.isOver) {
      const missing = await watched.missing(awaited);
      return {
        pods: awaited.flatMap(({ state, node }) => ('pod' in state && node.ready ? [state.pod] : [])),
        holes: holesOf(missing, nodes),
        missing,
        unheard: watched.unheard,
        events: missing.length > 0 ? watched.events : [],
      };
    }
    await watched.askWhy(open);
    await sleep(POLL_MS, undefined, { signal });
  }
}
