import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { WorkloadSnapshot } from '../../../model/snapshot.ts';
import { point, type Trouble } from '../point.ts';
import type { View } from '../../view/view.ts';

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
  ];
}
