import { familyOf } from '../model/family.ts';
import type { NodeInfo } from '../model/topology.ts';
import type { Place, ProbeObservation } from '../model/observation.ts';
import { tryConnectNode } from '../nodes/connection.ts';
import { whyNotAtLocalhost, type NodePortProxy } from '../model/node-port-proxy.ts';
import { readNodePortProxy } from '../nodes/node-port-proxy.ts';
import { fetchFromNode, type NodeFetchResult } from '../nodes/fetch.ts';
import { proofTo } from './canary.ts';
import { judgeFor, qualified, type References } from './plans/services.ts';
import { targetNodePorts, type TargetNodePort } from './plans/node-ports.ts';
import { asEvidence, judgeReach } from './judges.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';
import { byNodePort } from './plans/crossing.ts';
import type { RunContext } from '../model/run-context.ts';
import type { ExecuteOptions } from './execute.ts';
import { areFew, shownBy } from './latecomers.ts';
import { changedServices, goneFrom, type SettlingCluster } from './settling-cluster.ts';

/** What the operators did by hand, as a result that the suites' judges read. */
function asProbeResult(fetched: NodeFetchResult): ResultOf<'http'> {
  const { status, body, errorKind, errorText, durationMs } = fetched;
  const answered = status !== undefined;
  return {
    batch: 'ssh',
    id: 'ssh',
    attempts: 1,
    succeeded: answered ? 1 : 0,
    timesMs: answered ? [durationMs] : [],
    durationMs,
    ...(!answered && { error: { kind: errorKind ?? 'other', text: errorText ?? 'no answer' } }),
    got: { status, body },
  };
}

/** Whether a target answered; of one that is not known to speak HTTP any answer will do. */
function judge({ target }: TargetNodePort, references: References, fetched: NodeFetchResult): Judgement<'http'> {
  const results = [asProbeResult(fetched)];
  return target.httpPort === undefined
    ? { ...judgeReach(results), got: { status: fetched.status } }
    : judgeFor(target, references, 'translated')(results);
}

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** That localhost is silent for a NodePort which the node's own address serves: a choice of its proxy, and no fault. */
const notServed = (address: string, { errorKind }: Judgement<'http'>): Judgement<'http'> => ({
  verdict: 'evidence',
  errorKind,
  reason:
    `${errorKind === 'refused' ? 'refused' : 'not answered'} at localhost and answered at ${address}: kube-proxy ` +
    'serves NodePorts at localhost in its mode iptables alone, and there only where it is not switched off',
  got: {},
});

/** What was seen of a NodePort on a node, before it is recorded. */
interface Seen {
  node: string;
  /** `namespace/name` */
  service: string;
  hasFailed: boolean;
  /** Nothing came from the NodePort in time: on a busy machine it may come yet. */
  isLate: boolean;
  /** Nothing came from the node's own shell in time. */
  isLost: boolean;
  record: (told?: Judgement<'http'>) => ProbeObservation;
}

/** What of the targets is asked, and with how much time. */
interface Round {
  isAsked: (service: string, node: string) => boolean;
  timeoutMs: number;
}

async function observeNode(
  context: RunContext,
  { recorder, signal }: ExecuteOptions,
  node: NodeInfo,
  references: References,
  { isAsked, timeoutMs }: Round,
): Promise<Seen[]> {
  const { ssh } = context.targets;
  const nodePorts = targetNodePorts(context).filter(({ target }) => isAsked(qualified(target), node.name));
  if (!ssh || nodePorts.length === 0) return [];
  const seen = (
    { target, service, nodePort }: TargetNodePort,
    judgement: Judgement<'http'>,
    durationMs: number,
    isLost = false,
  ): Seen => {
    const source: Place = { network: 'ssh', node: node.name, ip: node.internalIp };
    const name = `${service.namespace}/${service.name}`;
    const record = (told = judgement) =>
      recorder.probe({
        suite: 'node-port',
        kind: 'http',
        role: 'on-node-ssh',
        source,
        destination: {
          network: 'host',
          node: node.name,
          ip: familyOf(node.internalIp) === 'IPv6' ? '::1' : '127.0.0.1',
          port: nodePort,
          name,
        },
        crosses: byNodePort(source, node.name, name, 'mixed'),
        asked: { protocol: 'tcp', path: target.healthPath, by: 'ssh' },
        attempts: told.verdict === 'inconclusive' ? 0 : 1,
        succeeded: told.verdict === 'pass' ? 1 : 0,
        durationMs,
        ...told,
      });
    const hasFailed = judgement.verdict === 'fail';
    const isLate = hasFailed && judgement.errorKind === 'timeout';
    return { node: node.name, service: name, hasFailed, isLate, isLost, record };
  };
  const connected = await tryConnectNode({ host: node.internalIp, name: node.name, ...ssh, signal });
  if ('unavailable' in connected) {
    const { message } = connected.unavailable;
    return nodePorts.map((nodePort) =>
      seen(nodePort, { verdict: 'inconclusive', errorKind: 'not-observed', reason: `SSH: ${message}`, got: {} }, 0),
    );
  }
  const { connection } = connected;
  try {
    let known: Promise<NodePortProxy> | undefined;
    const proxy = () => (known ??= readNodePortProxy(connection, signal));
    return await Promise.all(
      nodePorts.map(async (nodePort) => {
        const ask = async (host: string) => {
          const url = `http://${host}:${nodePort.nodePort}${nodePort.target.healthPath}`;
          const fetched = await fetchFromNode(connection, url, {
            timeoutMs,
            signal,
            ...proofTo(context, qualified(nodePort.target)),
          });
          const judgement: Judgement<'http'> = fetched.lost
            ? { verdict: 'inconclusive', errorKind: 'not-observed', reason: `SSH: ${fetched.lost}`, got: {} }
            : judge(nodePort, references, fetched);
          const isLost = fetched.lost !== undefined;
          return { judgement, durationMs: fetched.durationMs, isLost, isSilent: fetched.status === undefined };
        };
        const { judgement, durationMs, isLost, isSilent } = await ask('localhost');
        if (judgement.verdict !== 'fail' || !isSilent) return seen(nodePort, judgement, durationMs, isLost);
        const told = await proxy();
        const why = whyNotAtLocalhost(told, familyOf(node.internalIp));
        if (why !== undefined) return seen(nodePort, asEvidence(judgement, why), durationMs);
        // Without route_localnet the kernel drops what would leave from there, and kube-proxy sets it where it serves.
        const isLeftOut = judgement.errorKind === 'refused' || told.routeLocalnet === false;
        const own = isLeftOut ? await ask(inUrl(node.internalIp)) : undefined;
        const isServed = own?.judgement.verdict === 'pass';
        return seen(nodePort, isServed ? notServed(node.internalIp, judgement) : judgement, durationMs);
      }),
    );
  } finally {
    connection.close();
  }
}

async function observeAll(
  context: RunContext,
  references: References,
  options: ExecuteOptions,
  round: Partial<Round> = {},
): Promise<Seen[]> {
  const whole: Round = { isAsked: () => true, timeoutMs: context.settings.timeoutMs, ...round };
  const { nodes } = context.topology;
  return (await Promise.all(nodes.map((node) => observeNode(context, options, node, references, whole)))).flat();
}

/** Asks once more, with twice the time and when no probe is under way, where nothing came in time. */
async function askLateAgain(
  context: RunContext,
  references: References,
  options: ExecuteOptions,
  seen: Seen[],
): Promise<Seen[]> {
  const late = seen.filter(({ isLate, isLost, node }) => (isLate || isLost) && !options.unwell?.has(node));
  const before = shownBy(options.recorder.observations);
  if (late.length === 0 || before === 'outage') return seen;
  // Shells that are late too, where nothing has failed before, tell of a busy machine, whatever the number.
  const isBusy = before === 'sound' && late.some(({ isLost }) => isLost);
  if (!isBusy && !areFew(late.filter(({ isLate }) => isLate).length, seen.length)) return seen;
  const isAsked = (service: string, node: string) =>
    late.some((each) => each.service === service && each.node === node);
  await options.fleet.calm();
  const again = await observeAll(context, references, options, { isAsked, timeoutMs: context.settings.timeoutMs * 2 });
  const all = [...seen.filter(({ service, node }) => !isAsked(service, node)), ...again];
  const lost = again.filter(({ isLost }) => isLost).length;
  return isBusy && lost > 0 ? all.map((each) => (each.isLate ? doubted(each, lost) : each)) : all;
}

/** What is late even so says nothing while the shells of other nodes are as late: the machine between is busy. */
const doubted = (seen: Seen, lost: number): Seen => ({
  ...seen,
  hasFailed: false,
  record: () =>
    seen.record({
      verdict: 'inconclusive',
      errorKind: 'not-observed',
      reason: `nothing came in time, nor from shells of other nodes (${lost}): a busy machine may hold all of it up`,
      got: {},
    }),
});

/**
 * Every NodePort of the targets at localhost on each node, over SSH. Trouble with SSH is inconclusive, never a failure
 * of the network; and silence is evidence where the node's proxy does not serve NodePorts there. What fails of a
 * Service that was deleted meanwhile says nothing, one whose pods changed is asked once more when they are at rest, and
 * what may be late for a busy machine is asked once more with more time.
 */
export async function observeNodePortsBySsh(
  cluster: Pick<SettlingCluster, 'newest' | 'refresh' | 'atRest'>,
  references: References,
  options: ExecuteOptions,
): Promise<ProbeObservation[]> {
  const before = cluster.newest;
  const seen = await askLateAgain(before, references, options, await observeAll(before, references, options));
  const failed = new Set(seen.filter(({ hasFailed }) => hasFailed).map(({ service }) => service));
  const fresh = failed.size > 0 ? await cluster.refresh() : undefined;
  if (!fresh) return seen.map(({ record }) => record());
  const gone = goneFrom(before.topology, fresh.topology);
  const changed = changedServices(before.topology, fresh.topology);
  const isAgain = (service: string) => failed.has(service) && changed.has(service) && !gone.has(service);
  const again = [...failed].some(isAgain)
    ? await observeAll(await cluster.atRest(options.signal), references, options, { isAsked: isAgain })
    : [];
  return seen
    .filter(({ service, hasFailed }) => !isAgain(service) && !(hasFailed && gone.has(service)))
    .concat(again)
    .map(({ record }) => record());
}
