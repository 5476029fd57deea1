import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { Exercised } from '../../../model/facts/acceptance.ts';
import type { WorkloadSnapshot } from '../../../model/snapshot.ts';
import { few } from '../../../few.ts';
import { point, type Trouble } from '../point.ts';
import type { View } from '../../view/view.ts';

/** Told of those that lost some. */
const MOST_WAYS = 4;

const nameOf = ({ namespace, name }: WorkloadSnapshot): string => `${namespace}/${name}`;

/** How a workload differs from a Deployment in the pod network; undefined where it does not. */
function standIn({ kind, hostNetwork, hostPorts, dnsPolicy }: WorkloadSnapshot): string | undefined {
  const ways = [
    ...(kind === 'DaemonSet' ? ['a DaemonSet'] : []),
    ...(hostNetwork ? ['on the host network'] : []),
    ...(hostPorts.length > 0 ? [`with host port ${hostPorts.join(', ')}`] : []),
    ...(dnsPolicy === 'ClusterFirstWithHostNet' && !hostNetwork ? ['with dnsPolicy ClusterFirstWithHostNet'] : []),
  ];
  return ways.length > 0 ? ways.join(', ') : undefined;
}

/** What was lost at which step, of a workload that was put through all of them. */
function lossOf({ workload, sent, lost, steps, losses }: Exercised): Trouble[] {
  if (lost === 0) return [];
  const at = steps.filter((each) => each.lost > 0).map((each) => `${each.lost} of ${each.sent} at its ${each.step}`);
  const by = losses.map(({ way, how }) => {
    const ways = Object.entries(how).map(([words, count]) => `${count} ${words}`);
    return `${way} (${ways.join(', ')})`;
  });
  const parts = [`${workload}: ${lost} of ${sent} requests were lost`, at.join(', '), few(by, MOST_WAYS)];
  return [{ text: parts.filter((part) => part !== '').join(': ') }];
}

/** Why what was to be counted is not known. */
function untold({ workload, why, steps, isRestored }: Exercised): Trouble[] {
  const late = steps.filter(({ isDone }) => !isDone).map(({ step }) => `its ${step} did not end`);
  const reasons = [...(why === undefined ? [] : [why]), ...late, ...(isRestored ? [] : ['it could not be restored'])];
  return reasons.length > 0 ? [{ text: `${workload}: ${reasons.join('; ')}` }] : [];
}

function exercisePoint(view: View): AcceptancePoint {
  const facts = view.facts.all('exercised');
  const all = facts.map(({ value }) => value);
  return point({
    area: 'workloads',
    title: 'a workload that is scaled and restarted loses no request',
    ...(all.length === 0 && { skipped: 'no workload was named for it (--exercise-workloads)' }),
    wrong: all.flatMap(lossOf),
    unknown: all.flatMap(untold),
    note: all.map(({ workload, sent, paths }) => `${workload}: 0 of ${sent} requests lost on ${paths} ways`).join('; '),
    remedy:
      'A pod that ends gets requests until every node has taken it out: have it answer for some seconds after ' +
      'SIGTERM (preStop with sleep), with a readinessProbe and a terminationGracePeriodSeconds that is longer.',
    observations: facts.map(({ id }) => id),
  });
}

/** Whether workloads are what they were, or what they should be: no stand-in of the days of the trouble is left. */
export function workloadPoints(view: View): AcceptancePoint[] {
  const area = 'workloads';
  const fact = view.facts.one('workloads');
  const asked = view.facts.one('acceptance');
  const unread: Trouble[] = fact ? [] : [{ text: 'Deployments, StatefulSets and DaemonSets could not be read' }];
  const now = fact?.value ?? [];
  const before = asked?.value.before?.workloads;
  const plain = (before ?? []).filter((each) => each.kind === 'Deployment' && standIn(each) === undefined).map(nameOf);
  const wanted = [...new Set([...(asked?.value.deployments ?? []), ...plain])];
  const wrong = wanted.flatMap((name): Trouble[] => {
    const own = now.filter((each) => nameOf(each) === name);
    if (own.length === 0) return fact ? [{ text: `${name} is not there` }] : [];
    return own.flatMap((each) => {
      const how = standIn(each);
      return how === undefined ? [] : [{ text: `${name} is ${how}` }];
    });
  });
  const short = now.filter(({ replicas, ready }) => ready < replicas);
  const unlike = now.flatMap((each): Trouble[] => {
    const then = before?.find((other) => nameOf(other) === nameOf(each) && other.kind === each.kind);
    if (!then || each.kind === 'DaemonSet' || each.replicas >= then.replicas) return [];
    return [{ text: `${nameOf(each)} wants ${each.replicas} pods, ${then.replicas} before` }];
  });
  const observations = [fact?.id, asked?.id];
  return [
    point({
      area,
      code: 'workloads-still-host-network',
      title: 'what is to be a Deployment is one, in the pod network',
      ...(wanted.length === 0 && fact && { skipped: 'no snapshot from before and no configuration names one' }),
      wrong,
      unknown: unread,
      note: `${wanted.length} workloads`,
      remedy: 'Bring the workload back as a plain Deployment: no hostNetwork, no hostPort, dnsPolicy ClusterFirst.',
      observations,
    }),
    point({
      area,
      title: 'all pods that workloads want are Ready',
      wrong: short.map((each) => ({
        text: `${each.kind} ${nameOf(each)}: ${each.ready} of ${each.replicas} pods are Ready`,
      })),
      unknown: unread,
      remedy: 'See kubectl describe of the pods that are not.',
      observations,
    }),
    point({
      area,
      title: 'workloads want as many pods as before',
      ...(before === undefined && { skipped: 'there is no snapshot from before, or it has no workloads' }),
      wrong: unlike,
      unknown: unread,
      remedy: 'Scale it to what it was, where that was not meant.',
      observations,
    }),
    exercisePoint(view),
  ];
}
