import type { ApiServerWay, KubeletLogLine, NodeAgent } from '../../model/facts/kubelet.ts';
import type { Location } from '../../model/finding.ts';
import type { NodeCondition, NodeInfo } from '../../model/topology.ts';
import type { CatalogueEntry } from '../entry.ts';
import type { Seen } from '../view/facts.ts';
import { oncePerView } from '../view/once.ts';
import { heard } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { ids } from './support.ts';

/** What of a node's kubelet is known by its port. */
interface KubeletPort {
  /** `silent` where a connection is made and TLS is not answered, `closed` where no connection is made. */
  state: 'answers' | 'silent' | 'refused' | 'closed';
  ids: string[];
}

/** A node that Kubernetes calls not Ready, with all that is known of why. */
export interface SickNode {
  node: string;
  info: Seen<NodeInfo>;
  /** In the kubelet's own words, or the controller's where the kubelet is not heard. */
  words: string;
  /** Whether the kubelet itself says so: then it runs and reports. */
  isTold: boolean;
  condition?: NodeCondition;
  /** What shows that the machine is there: probes that it answered, and what SSH read. */
  alive: string[];
  /** Undefined where the port was not asked. */
  port?: KubeletPort;
  agents?: Seen<NodeAgent[]>;
  /** The process of the kubelet, or of what it is a part of. */
  kubelet?: NodeAgent;
  log?: Seen<KubeletLogLine[]>;
  way?: Seen<ApiServerWay>;
  /** How far its clock is before the API server's; undefined where one of them was not read. */
  aheadSeconds?: Seen<number>;
}

/** Facts by which a cause on the node itself is told, read by one session. */
export const SICK_SETS = ['clock', 'node-agents', 'kubelet-log', 'api-server-way', 'cni-files'];

const KUBELETS = new Set(['kubelet', 'k3s', 'k3s-agent', 'k3s-server', 'rke2', 'k0s']);
/** Probes of the kubelet's own port: that one answers says nothing of the rest of the node, and the reverse. */
export const OF_KUBELET: ReadonlySet<string> = new Set(['control-kubelet', 'kubelet-tls']);

function portOf(view: View, node: string): KubeletPort | undefined {
  const to = (role: string) =>
    view.probes.filter(
      (probe) => probe.role === role && probe.destination.node === node && probe.verdict !== 'inconclusive',
    );
  const [connects, requests] = [to('control-kubelet'), to('kubelet-tls')];
  const [answered, silent] = [requests.filter(heard), requests.filter((probe) => !heard(probe))];
  if (answered.some(({ errorKind }) => errorKind !== 'refused')) return { state: 'answers', ids: ids(answered) };
  if (connects.length === 0) return undefined;
  const refused = connects.filter(({ errorKind }) => errorKind === 'refused');
  if (refused.length === connects.length) return { state: 'refused', ids: ids(refused) };
  const open = connects.filter(({ succeeded }) => succeeded > 0);
  if (open.length === 0) return { state: 'closed', ids: ids(connects) };
  return silent.length > 0 ? { state: 'silent', ids: ids([...open, ...silent]) } : undefined;
}

/** What a runner's clock says of both: the node's when its clock was read, the API server's by its answers. */
function aheadOf(view: View, node: string): Seen<number> | undefined {
  const clock = view.facts.one('ssh/clock', node);
  const server = view.facts.all('api-clock').at(-1);
  if (!clock?.at || !server) return undefined;
  const aheadMs = clock.value.epochMs - Date.parse(clock.at) - server.value.aheadMs;
  return { id: clock.id, value: Math.round(aheadMs / 1_000) };
}

/** Every node that Kubernetes calls not Ready. */
export const sickNodes = oncePerView((view): SickNode[] =>
  [...view.cluster.nodes.values()].flatMap((info) => sickNode(view, info)),
);

/** Those of them that a finding is of. */
export const sickAt = (view: View, locations: readonly Location[]): SickNode[] =>
  sickNodes(view).filter((sick) => locations.some(({ node }) => node === sick.node));

function sickNode(view: View, info: Seen<NodeInfo>): SickNode[] {
  const { name: node, ready, conditions = [], notReadyReason, unheard } = info.value;
  if (ready) return [];
  const condition = conditions.find(({ type }) => type === 'Ready');
  const agents = view.facts.one('ssh/node-agents', node);
  const kubelet = agents?.value.find(({ name }) => KUBELETS.has(name));
  const answered = view.probes.filter(
    (probe) => probe.destination.node === node && !OF_KUBELET.has(probe.role) && probe.kind !== 'burst' && heard(probe),
  );
  const [log, way] = [view.facts.one('ssh/kubelet-log', node), view.facts.one('ssh/api-server-way', node)];
  const [port, aheadSeconds] = [portOf(view, node), aheadOf(view, node)];
  return [
    {
      node,
      info,
      words: notReadyReason ?? 'no reason given',
      isTold: condition
        ? condition.status === 'False'
        : unheard !== true && !/stopped posting/.test(notReadyReason ?? ''),
      ...(condition && { condition }),
      alive: [...ids(answered).slice(0, 6), ...(agents ? [agents.id] : [])],
      ...(port && { port }),
      ...(agents && { agents }),
      ...(kubelet && { kubelet }),
      ...(log && { log }),
      ...(way && { way }),
      ...(aheadSeconds && { aheadSeconds }),
    },
  ];
}

/** A handshake's certificates fill more than a packet; a connection and a small page do not. */
const NO_HANDSHAKE = /no TLS handshake/;

/**
 * What shows that a node's packets of full size get lost on their way to everybody: SSH brought a short answer and not
 * a longer one, or no TLS of it is answered at several ports while HTTP is (`isTried` is false then).
 */
export function fullSizeLost(
  view: View,
  { node }: SickNode,
): { text: string; ids: string[]; isTried: boolean } | undefined {
  const tried = view.facts.one('ssh/size-tried', node);
  if (tried) {
    const { smallBytes, largeBytes, smallCame, largeCame } = tried.value;
    if (!smallCame || largeCame) return undefined;
    return {
      text: `by SSH an answer of ${smallBytes} bytes comes from ${node}, one of ${largeBytes} bytes does not`,
      ids: [tried.id],
      isTried: true,
    };
  }
  const to = view.probes.filter(({ destination }) => destination.node === node && destination.network === 'host');
  const silent = to.filter(({ kind, reason = '' }) => kind === 'http' && NO_HANDSHAKE.test(reason));
  const ports = new Set(silent.map(({ destination }) => destination.port));
  const shaken = to.some(({ asked, verdict }) => asked.protocol === 'https' && verdict === 'pass');
  const small = to.filter(
    ({ kind, asked, verdict }) => kind === 'http' && asked.protocol !== 'https' && verdict === 'pass',
  );
  if (ports.size < 2 || shaken || small.length === 0) return undefined;
  return {
    text:
      `${ports.size} ports of ${node} take connections and answer no TLS, and HTTP of ${small.length} probes is ` +
      'answered',
    ids: [...ids(silent).slice(0, 6), ...ids(small).slice(0, 3)],
    isTried: false,
  };
}

/** How it is shown that such a node is Ready again. */
export const READY_AGAIN: Pick<CatalogueEntry, 'shows' | 'verify'> = {
  shows: 'True',
  verify: ({ node }) => `kubectl get node ${node} -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'`,
};

/** Failed probes from and to a node: while it is not Ready they follow from that. */
export const failedAt = (view: View, node: string): string[] =>
  ids(view.failing.filter(({ source, destination }) => source.node === node || destination.node === node));

/** A line of a log says something of now, if it is not older than this; or if nothing was written since. */
const FRESH_SECONDS = 180;
const LAST_LINES = 8;

/** Clocks of the node, of the API server and of Netwright differ, and each reading takes its time. */
const SURELY_BEFORE_SECONDS = 3;

/**
 * What a node's kubelet has complained of lately in words like these, the newest first. What it said before it was
 * heard the last time it has got over.
 */
export function complaints({ log, kubelet, agents, condition }: SickNode, words: RegExp): string[] {
  if (!log) return [];
  const heardAt = Date.parse(condition?.heardAt ?? '');
  const heardAgo = (Date.parse(log.at ?? '') - heardAt) / 1_000 + SURELY_BEFORE_SECONDS;
  const isHistory = ({ ageSeconds = 0 }: KubeletLogLine): boolean => ageSeconds > heardAgo;
  const isOver = agents !== undefined && !kubelet;
  const lately = isOver
    ? log.value.slice(-LAST_LINES)
    : log.value.filter(({ ageSeconds }) => ageSeconds === undefined || ageSeconds <= FRESH_SECONDS);
  return lately
    .filter((line) => words.test(line.text) && !isHistory(line))
    .map(({ text }) => text.replace(/^[EFIW]\d{4} \S+ +\d+ /, '').trim())
    .toReversed();
}
