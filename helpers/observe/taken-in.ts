import type { RunContext } from '../model/run-context.ts';
import { isCanary } from './canary.ts';
import { sourceKey, type Fleet } from './fleet.ts';
import { familiesOf, inFamily } from './in-family.ts';
import { pause } from './pause.ts';
import type { Planned } from './planned-probe.ts';
import { planIngress } from './plans/ingress.ts';
import { planNodePorts } from './plans/node-ports.ts';
import { planClusterIps } from './plans/services.ts';
import { readResult } from './results.ts';
import type { ProbeResult } from '../probe/protocol.ts';

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
/** With three endpoints, of which one alone is in reach, none of so many connections meets it with (2/3)^6 = 9 %. */
const CONNECTIONS = 6;

/** Every way by which the canary is asked without a firewall in between. */
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
    ...planIngress(own, { references }),
  ].filter(({ destination }) => !whole.unheard?.includes(destination.node ?? ''));
}

/**
 * What is taken in at once: a node writes its rules for a Service as a whole, all ports of it and for both networks
 * (kube-proxy by one iptables-restore or one nft transaction); an ingress controller answers for itself.
 */
const takerOf = ({ suite, source, destination }: Planned): string =>
  suite === 'ingress' ? `ingress ${destination.ip} ${destination.port}` : (source.node ?? '');

/** A round of questions: each way on so many connections. */
interface Round {
  connections: number;
  fleet: Fleet;
  signal?: AbortSignal;
}

const askedBy = ({ specs }: Planned, connections: number): Planned['specs'] => {
  const [first] = specs;
  return first === undefined ? [] : Array.from({ length: connections }, (_, index) => specs[index] ?? first);
};

/**
 * Whether a way leads to the canary: it answered on one connection, and nobody else did on any, as a controller does
 * that has not read its Ingress yet. What timed out may be an outage, which is not waited for.
 */
function isTakenIn(probe: Planned, results: ProbeResult[]): boolean {
  const judged = results.map((result) => ({ result, verdict: probe.judge([readResult(probe.kind, result)]).verdict }));
  return (
    judged.some(({ verdict }) => verdict !== 'fail') &&
    judged.every(({ verdict, result }) => verdict !== 'fail' || result.error !== undefined)
  );
}

/** The ways from one place that lead to the canary. */
async function takenFrom(probes: Planned[], { connections, fleet, signal }: Round): Promise<Planned[]> {
  const [first] = probes;
  if (!first) return [];
  const specs = probes.flatMap((probe, way) =>
    askedBy(probe, connections).map((spec, part) => ({ ...spec, id: `${way}.${part}`, timeoutMs: ATTEMPT_TIMEOUT_MS })),
  );
  const batch = { batch: 'canary', concurrency: specs.length, probes: specs };
  const { results } = await fleet.run(first.source, batch, { timeoutMs: BATCH_TIMEOUT_MS, signal });
  return probes.filter((probe, way) =>
    isTakenIn(
      probe,
      askedBy(probe, connections).flatMap((_, part) => results.get(`${way}.${part}`) ?? []),
    ),
  );
}

/** Those whose taker answers by none of them yet. */
async function open(probes: Planned[], round: Round): Promise<Planned[]> {
  const bySource = Map.groupBy(probes, ({ source }) => sourceKey(source));
  const answered = await Promise.all([...bySource.values()].map((own) => takenFrom(own, round)));
  const taken = new Set(answered.flat().map(takerOf));
  return probes.filter((probe) => !taken.has(takerOf(probe)));
}

/**
 * Waits until nodes and ingress controllers have taken the canary in, which was made moments ago: until each of them
 * answers for it, or for as long as that may take. Never throws.
 */
export async function takenIn(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<void> {
  if (!context.canary) return;
  const endsAt = context.canary.readyAtMs + LONGEST_MS;
  let progressAt = Date.now();
  // Without an outage one connection a way is enough, and costs the least.
  let connections = 1;
  for (let left = ways(context); left.length > 0; await pause(POLL_MS, signal)) {
    const still = await open(left, { connections, fleet, signal });
    connections = CONNECTIONS;
    if (still.length < left.length) progressAt = Date.now();
    left = still;
    if (Date.now() > endsAt || Date.now() - progressAt > NO_PROGRESS_MS || signal?.aborted) return;
  }
}
