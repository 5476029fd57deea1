import type { FactValue } from '../../model/facts.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import type { DnsPod } from '../../model/topology.ts';
import type { Impact, Request } from '../entry.ts';
import { qualified } from '../view/cluster.ts';
import type { Seen } from '../view/facts.ts';
import type { View } from '../view/view.ts';

/** A CoreDNS replica with what it was asked by its own address. */
export interface Replica {
  pod: Seen<DnsPod>;
  names: ProbeObservation[];
  external: ProbeObservation[];
}

export const replicasOf = (view: View): Replica[] =>
  view.cluster.dnsPods.map((pod): Replica => {
    const own = view.probes.filter(
      ({ suite, destination }) => suite === 'coredns' && destination.pod === pod.value.name,
    );
    return {
      pod,
      names: own.filter(({ role }) => role === 'replica-name' || role === 'replica-srv'),
      external: own.filter(({ role }) => role === 'replica-external-name'),
    };
  });

/** Where its objects are. */
export const dnsNamespace = ({ cluster: { dns } }: View): string => dns?.value.namespace ?? 'kube-system';

/** Asks for the Corefile, unless that was tried. */
export const askForCorefile = (view: View, why: string): Request[] =>
  view.facts.tried('corefile') ? [] : [{ kind: 'corefile', namespace: dnsNamespace(view), why }];

/** An answer came, and not the right one. */
export const isWrong = ({ verdict, errorKind }: ProbeObservation): boolean =>
  verdict === 'fail' && (errorKind === 'dns-rcode' || errorKind === 'wrong-answer');

/** No answer came. */
export const isSilent = (probe: ProbeObservation): boolean => probe.verdict === 'fail' && !isWrong(probe);

/** How kubectl finds its pods: by what the Service selects. */
export function dnsPodsAt(view: View): string {
  const labels = Object.entries(view.cluster.dns?.value.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return `-n ${dnsNamespace(view)} -l ${labels.join() || 'k8s-app=kube-dns'}`;
}

/** What a replica said last, where it was read. */
export const logOf = (view: View, pod: string): Seen<FactValue<'pod-log'>> | undefined =>
  view.facts.all('pod-log').find(({ value }) => value.pod === pod);

/** A sentence of CoreDNS or of the kubelet, and where it is. */
export interface Words {
  line?: string;
  id?: string;
}

const wordsIn = (view: View, pod: string, pattern: RegExp): Words => {
  const log = logOf(view, pod);
  return { line: pattern.exec(log?.value.text ?? '')?.[0].trim(), id: log?.id };
};

/** The line of a replica's log in which CoreDNS says that its questions came back to itself. */
export const loopIn = (view: View, pod: string): Words =>
  wordsIn(view, pod, /plugin\/loop: Loop \([^)]*\) detected[^\n]*/);

/** The line in which CoreDNS says that there is no resolver to forward to, before it ends. */
export const noNameserverIn = (view: View, pod: string): Words =>
  wordsIn(view, pod, /plugin\/forward: [^\n]*no nameservers found[^\n]*/);

/**
 * The line in which CoreDNS refuses its Corefile, before it ends. What it says while it serves begins with a level in
 * brackets; what is wrong at the start begins with the plugin, or with file and line.
 */
export const refusedConfigIn = (view: View, pod: string): Words =>
  noNameserverIn(view, pod).line
    ? {}
    : wordsIn(view, pod, /^(?:plugin\/[\w-]+: |\S+:\d+ - (?:Error during parsing|Syntax error): )[^\n]+/m);

/**
 * As the kubelet says that what a volume is made of is not there (pkg/volume/configmap, pkg/volume/secret). That it has
 * not heard of it yet ("failed to sync configmap cache", "not registered") it says at its start too.
 */
const GONE = /non-existent (config|secret) key|(configmap|secret)s? ".+" not found/i;

/** What the kubelet says of a pod whose configuration it cannot mount. */
export function mountFailureOf(view: View, { name, ready }: DnsPod): Words {
  const events = view.facts.all('events').at(-1);
  const event = events?.value.find(
    ({ reason, object, message }) => reason === 'FailedMount' && object.endsWith(`/${name}`) && GONE.test(message),
  );
  return event && !ready ? { line: event.message, id: events?.id } : {};
}

/** Whether it is known why a replica does not serve, or must still be read. */
export const hasReason = (view: View, pod: DnsPod): boolean =>
  [loopIn, noNameserverIn, refusedConfigIn].some((words) => words(view, pod.name).line !== undefined) ||
  mountFailureOf(view, pod).line !== undefined ||
  (endsAgain(pod) && !logOf(view, pod.name));

/** The DNS Service, as what a fault breaks, where none of its replicas is ready. */
export const serviceOfNone = (view: View): Impact[] =>
  view.cluster.dns && view.cluster.dnsPods.every(({ value }) => !value.ready)
    ? [{ kind: 'service', service: qualified(view.cluster.dns) }]
    : [];

/** Whether a replica ends soon after each start. */
export const endsAgain = ({ ready, restarts, waitingReason }: DnsPod): boolean =>
  waitingReason === 'CrashLoopBackOff' || (!ready && (waitingReason === 'Error' || restarts >= 1));
