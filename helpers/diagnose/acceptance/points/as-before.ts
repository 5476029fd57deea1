import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { Snapshot, SnapshotHost } from '../../../model/snapshot.ts';
import { point, type Trouble } from '../point.ts';
import { snapshotOf } from '../snapshot.ts';
import type { View } from '../../view/view.ts';

const asked = ({ scheme, host, path }: SnapshotHost): string => `${scheme}://${host}${path}`;

/** A host that answered before has to answer the same, by whatever way it is led in now. */
function hostsUnlike(before: Snapshot, after: Snapshot): Trouble[] {
  const then = Map.groupBy(
    before.hosts.filter(({ passed }) => passed),
    asked,
  );
  return [...then].flatMap(([url, [first]]): Trouble[] => {
    const now = after.hosts.filter((each) => asked(each) === url);
    if (!first) return [];
    if (now.length === 0) return [{ text: `${url} answered before, and no Ingress or configuration names it now` }];
    return now.flatMap((each): Trouble[] => {
      if (!each.passed) return [{ text: `${url} answered before, and does not by ${each.way}` }];
      const unlike = [
        ...(each.status === first.status
          ? []
          : [`${first.status ?? 'no status'} before, ${each.status ?? 'none'} now`]),
        ...(each.service === first.service
          ? []
          : [`${first.service ?? 'nobody'} before, ${each.service ?? 'nobody'} now`]),
      ];
      return unlike.length > 0 ? [{ text: `${url} by ${each.way}: ${unlike.join('; ')}` }] : [];
    });
  });
}

const portsOf = (service: Snapshot['services'][number]): string[] =>
  service.ports.map(
    ({ protocol, port, nodePort }) => `${protocol} ${port}${nodePort ? ` (NodePort ${nodePort})` : ''}`,
  );

function servicesUnlike(before: Snapshot, after: Snapshot): Trouble[] {
  return before.services.flatMap((then): Trouble[] => {
    const name = `${then.namespace}/${then.name}`;
    const now = after.services.find((each) => each.namespace === then.namespace && each.name === then.name);
    if (!now) return [{ text: `Service ${name} is not there any more` }];
    const gone = portsOf(then).filter((port) => !portsOf(now).includes(port));
    return gone.length > 0 ? [{ text: `Service ${name} has no ${gone.join(', ')} any more` }] : [];
  });
}

/** Whether hosts answer and Services are as a snapshot from before has them. Pure. */
export function asBeforePoints(view: View): AcceptancePoint[] {
  const area = 'as-before';
  const fact = view.facts.one('acceptance');
  const before = fact?.value.before;
  const after = snapshotOf(view);
  const none = before === undefined ? { skipped: 'there is no snapshot from before (--before)' } : {};
  const observations = [fact?.id];
  return [
    point({
      area,
      title: 'every host answers as before: path, status and Service',
      ...none,
      wrong: before && after ? hostsUnlike(before, after) : [],
      remedy: 'Bring the rule back in the form that the ingress controller of today reads.',
      observations,
    }),
    point({
      area,
      title: 'every Service and NodePort of before is there',
      ...none,
      wrong: before && after ? servicesUnlike(before, after) : [],
      remedy: 'Make the Service again with the same ports.',
      observations,
    }),
  ];
}
