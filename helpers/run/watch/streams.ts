import { openExec } from '../../cluster/exec.ts';
import type { ClusterClient } from '../../cluster/connect.ts';
import type { Place } from '../../model/observation.ts';
import { podOf, type RunContext } from '../../model/run-context.ts';
import { sourceKey } from '../../observe/fleet.ts';
import { intervalMsOf, type WatchedPath } from '../../observe/plans/watch.ts';
import { Tally } from '../../observe/watch/tally.ts';
import { openLocalWatch } from '../../probe/local-watch.ts';
import type { LineStream } from '../../probe/line-stream.ts';
import { AGENT_CONTAINER, AGENT_PATH } from '../../probe/manifests.ts';
import type { ProbePod } from '../../model/run-context.ts';
import { WatchLink, type Heard } from './link.ts';

const CONNECT_TIMEOUT_MS = 5_000;

export interface Watched {
  path: WatchedPath;
  tally: Tally;
}

/** What is asked, at the addresses that pods have now. */
type Plan = (context: RunContext) => WatchedPath[];

/** An agent did not run for so long: a machine that is too busy, and no network. */
export interface Stall {
  /** Absent of the machine that Netwright runs on. */
  node: string | undefined;
  endMs: number;
  stallMs: number;
}

/** Half of what an answer may take. */
const STALL_MS = 500;

/** Addresses as Kubernetes has them now, of which the plan is made. */
const keyOf = (pods: readonly ProbePod[]): string => pods.map(({ pod, ip }) => `${pod} ${ip}`).join();

/**
 * The streams of a watch: which agent asks what, and what came of it. Where pods are made anew, the same paths are
 * asked at their new addresses by the new agents, and counted on.
 */
export class Streams {
  readonly watched = new Map<string, Watched>();
  readonly intervalMs: number;
  /** When agents were kept from running. */
  readonly stalls: Stall[] = [];
  #context: RunContext;
  readonly #client: ClusterClient;
  readonly #links = new Map<string, WatchLink>();

  readonly #plan: Plan;

  /** Asks what a plan has, as often as `intervalMs` says; as a watch does where nothing is said. */
  constructor(context: RunContext, client: ClusterClient, plan: Plan, intervalMs?: number) {
    this.#context = context;
    this.#client = client;
    this.#plan = plan;
    const paths = plan(context);
    this.intervalMs = intervalMs ?? intervalMsOf(paths);
    this.#follow(paths);
  }

  /** Pods as they are now. */
  renew(pods: readonly ProbePod[]): void {
    if (keyOf(pods) === keyOf(this.#context.pods)) return;
    // What is away for a moment is asked at its last address until it has another.
    const away = this.#context.pods.filter(
      ({ node, network }) => !pods.some((pod) => pod.node === node && pod.network === network),
    );
    this.#context = { ...this.#context, pods: [...pods, ...away] };
    this.#follow(this.#plan(this.#context));
  }

  /** Ends all of it; what nobody saw until `endMs` is said to be so. */
  async close(endMs: number): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    for (const { tally } of this.watched.values()) tally.endAt(endMs);
  }

  #follow(paths: WatchedPath[]): void {
    for (const path of paths)
      this.watched.set(path.id, { path, tally: this.watched.get(path.id)?.tally ?? new Tally() });
    const all = [...this.watched.values()].map(({ path }) => path);
    for (const [key, own] of Map.groupBy(all, ({ source }) => sourceKey(source))) {
      const [first] = own as [WatchedPath];
      const link =
        this.#links.get(key) ??
        new WatchLink(
          (signal) => this.#open(first, signal),
          (heard) => this.#hear(first.source, heard),
        );
      this.#links.set(key, link);
      link.follow(own.map(({ id, isLongLived, ask }) => ({ id, isLongLived, intervalMs: this.intervalMs, ...ask })));
    }
  }

  #hear({ node }: Place, { line, clock }: Heard): void {
    if (line.stallMs > STALL_MS) this.stalls.push({ node, endMs: line.nowMs + clock.offsetMs, stallMs: line.stallMs });
    for (const { id, fromMs, signs } of line.seen)
      this.watched.get(id)?.tally.add(fromMs, this.intervalMs, signs, clock);
  }

  async #open({ source }: WatchedPath, signal: AbortSignal): Promise<LineStream> {
    if (source.network === 'runner') return openLocalWatch();
    const pod = podOf(this.#context, source.node ?? '', source.network === 'host' ? 'host' : 'pod');
    if (!pod) throw new Error(`no probe on ${source.node ?? ''}`);
    return openExec(this.#client, {
      namespace: pod.namespace,
      pod: pod.pod,
      container: AGENT_CONTAINER,
      command: [this.#context.agent.nodePath, AGENT_PATH, 'watch'],
      signal,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
  }
}
