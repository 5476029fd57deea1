import type { ClusterState } from '../../model/watch.ts';

/** K3s keeps its arguments there: which of them changed is said, not what they are. */
const ARGUMENTS = 'k3s.io/node-args';
const MOST_SIGNS = 80;

const short = (text: string): string => (text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS)}…` : text);

/** Of what is in one of two records or in both. */
function compared<T>(
  before: Record<string, T>,
  after: Record<string, T>,
  say: (name: string, old: T | undefined, now: T | undefined) => string[],
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    say(name, before[name], after[name]),
  );
}

type Node = ClusterState['nodes'][string];

function annotationChanges(name: string, old: Node, now: Node): string[] {
  return compared(old.annotations, now.annotations, (key, was, is) => {
    if (was === is) return [];
    if (key === ARGUMENTS) return [`${name}: K3s runs with other arguments (${key})`];
    return [is === undefined ? `${name}: ${key} is gone` : `${name}: ${key} is ${short(is)}`];
  });
}

function nodeChanges(name: string, old: Node | undefined, now: Node | undefined): string[] {
  if (!old || !now) return [now ? `${name}: joined the cluster` : `${name}: left the cluster`];
  return [
    ...(old.bootId === now.bootId ? [] : [`${name}: was started anew`]),
    ...(old.isReady === now.isReady ? [] : [`${name}: ${now.isReady ? 'Ready' : 'not Ready'}`]),
    ...(old.isUnschedulable === now.isUnschedulable
      ? []
      : [`${name}: ${now.isUnschedulable ? 'cordoned' : 'takes pods again'}`]),
    ...(old.kubeletVersion === now.kubeletVersion
      ? []
      : [`${name}: kubelet ${now.kubeletVersion} in place of ${old.kubeletVersion}`]),
    ...annotationChanges(name, old, now),
  ];
}

type Pod = ClusterState['pods'][string];

function podChanges(name: string, old: Pod | undefined, now: Pod | undefined): string[] {
  const on = ({ node }: Pod): string => (node === '' ? '' : ` on ${node}`);
  if (!old) return now ? [`${name}: made${on(now)}`] : [];
  if (!now) return [`${name}: gone${on(old)}`];
  return old.isReady === now.isReady ? [] : [`${name}: ${now.isReady ? 'Ready' : 'not Ready'}${on(now)}`];
}

function poolChanges(name: string, old: string | undefined, now: string | undefined): string[] {
  if (old === now) return [];
  if (now === undefined) return [`IPPool ${name}: removed`];
  return [`IPPool ${name}: ${old === undefined ? 'made' : 'changed'}: ${now}`];
}

/** What is different between two readings of a cluster, a sentence each. Pure. */
export function changesBetween(before: ClusterState, after: ClusterState): string[] {
  return [
    ...(before.network === after.network ? [] : [`the network is ${after.network} in place of ${before.network}`]),
    ...compared(before.nodes, after.nodes, nodeChanges),
    ...compared(before.pools, after.pools, poolChanges),
    ...compared(before.pods, after.pods, podChanges),
  ];
}
