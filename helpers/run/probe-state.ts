import type { V1Pod } from '@kubernetes/client-node';
import type { NetworkEvent } from '../model/facts/kubernetes.ts';
import type { ProbePod } from '../model/run-context.ts';

/**
 * Where a probe pod is: it runs, or why it does not. `isTold` where somebody has said so: a kubelet, the scheduler, or
 * who refused to have it made (`isRefused`); without that it may only be slow.
 */
export type ProbeState =
  | { pod: ProbePod }
  | {
      waiting: string;
      isTold: boolean;
      patienceMs?: number;
      isRefused?: true;
      /** It ended with an error and was started anew, so often, and runs at this moment. */
      again?: { pod: ProbePod; restarts: number };
    };

/** An attempt of the runtime to give a pod its network is repeated after 10 to 15 s: the second one counts. */
const SANDBOX_PATIENCE_MS = 16_000;

/** How a probe's container ended; undefined when it never did. */
export function endOf({ status }: V1Pod): string | undefined {
  const container = status?.containerStatuses?.[0];
  const ended = container?.lastState?.terminated ?? container?.state?.terminated;
  return ended && `the probe ended with code ${ended.exitCode}: ${(ended.message ?? ended.reason ?? '').trim()}`;
}

const IMAGE_REASONS = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull']);

/** The last warning of an object by one of these reasons. */
const said = (events: readonly NetworkEvent[], object: string, reasons: readonly string[]): string | undefined =>
  events.findLast((event) => event.object === object && reasons.includes(event.reason))?.message;

/** Why no pod was made, in the words of who refused. */
function notMade(daemonSet: string, events: readonly NetworkEvent[]): ProbeState {
  const refused = said(events, daemonSet, ['FailedCreate']);
  if (refused === undefined) return { waiting: 'no probe pod was made for it', isTold: false };
  const words = refused.replace(/^Error creating: /, '');
  return { waiting: `no probe pod may be made: ${words}`, isTold: true, isRefused: true };
}

function imageTrouble(pod: V1Pod, events: readonly NetworkEvent[], message: string): ProbeState {
  const image = pod.spec?.containers[0]?.image ?? '';
  const object = `Pod ${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
  // While it waits for the next attempt, only the event says what the last one failed for.
  const why = message.startsWith('Back-off') && !/: \S/.test(message) ? said(events, object, ['Failed']) : undefined;
  const words = (why ?? message).replace(/^Failed to pull image "[^"]*": /, '');
  const helps = /no match for platform/.test(words)
    ? 'NETWRIGHT_PROBE_IMAGE names an image for this kind of processor'
    : 'NETWRIGHT_PROBE_IMAGE names another image, NETWRIGHT_PROBE_PULL_SECRET the Secret for its registry';
  return { waiting: `the image ${image} cannot be pulled: ${words} (${helps})`, isTold: true };
}

/** The probe that a pod is while its container runs. */
function runningAs({ metadata, spec, status }: V1Pod, network: ProbePod['network']): ProbePod | undefined {
  if (status?.phase !== 'Running' || !status.containerStatuses?.[0]?.state?.running || !status.podIP) return undefined;
  return {
    node: spec?.nodeName ?? '',
    network,
    namespace: metadata?.namespace ?? '',
    pod: metadata?.name ?? '',
    ip: status.podIP,
    ips: (status.podIPs ?? []).flatMap(({ ip }) => ip ?? []),
  };
}

/** Where the probe of a network is, by its pod and by what was said of it, or of the DaemonSet that is to make it. */
export function stateOf(
  pod: V1Pod | undefined,
  network: ProbePod['network'],
  daemonSet: string,
  events: readonly NetworkEvent[],
): ProbeState {
  if (!pod) return notMade(daemonSet, events);
  const { metadata, status } = pod;
  const container = status?.containerStatuses?.[0];
  const waiting = container?.state?.waiting;
  const ended = container?.lastState?.terminated ?? container?.state?.terminated;
  if (IMAGE_REASONS.has(waiting?.reason ?? ''))
    return imageTrouble(pod, events, waiting?.message ?? waiting?.reason ?? '');
  const runs = runningAs(pod, network);
  if (ended && (waiting?.reason === 'CrashLoopBackOff' || ended.exitCode !== 0)) {
    const again = runs && { pod: runs, restarts: container?.restartCount ?? 0 };
    return { waiting: endOf(pod) ?? '', isTold: true, ...(again && { again }) };
  }
  if (runs) return { pod: runs };
  const unscheduled = status?.conditions?.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  );
  if (unscheduled?.message) return { waiting: `no place is found for it: ${unscheduled.message}`, isTold: true };
  const object = `Pod ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
  const sandbox = said(events, object, ['FailedCreatePodSandBox', 'NetworkNotReady']);
  if (sandbox !== undefined) return { waiting: sandbox, isTold: true, patienceMs: SANDBOX_PATIENCE_MS };
  const stopped = said(events, object, ['FailedMount', 'FailedCreatePodContainer', 'Failed', 'Evicted', 'OutOfpods']);
  return {
    waiting:
      stopped ??
      status?.message ??
      waiting?.message ??
      waiting?.reason ??
      `its probe pod is ${status?.phase ?? 'not there'}`,
    isTold: stopped !== undefined || status?.phase === 'Failed',
  };
}
