import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { few, point } from '../point.ts';
import type { View } from '../../view/view.ts';

/** Whether the policies of before are there. That they are kept to is not tried, and so not proved. Pure. */
export function policyPoints(view: View): AcceptancePoint[] {
  const area = 'policy';
  const fact = view.facts.one('network-policies');
  const names = fact?.value.map(({ namespace, name }) => `${namespace}/${name}`) ?? [];
  const before = view.facts.one('acceptance')?.value.before?.policies;
  const unread = fact ? [] : [{ text: 'the NetworkPolicies could not be read' }];
  return [
    point({
      area,
      title: 'the NetworkPolicies of before are there',
      ...(before === undefined && { skipped: 'there is no snapshot from before, or it has no policies' }),
      wrong: (before ?? [])
        .filter((name) => fact && !names.includes(name))
        .map((name) => ({ text: `${name} is gone` })),
      unknown: unread,
      remedy: 'Apply the policy again.',
      observations: [fact?.id],
    }),
    point({
      area,
      title: 'what NetworkPolicies deny is denied',
      ...(fact && names.length === 0 && { skipped: 'the cluster has no NetworkPolicy' }),
      unknown: [...unread, ...(names.length > 0 ? [{ text: `nothing was sent against ${few(names)}` }] : [])],
      observations: [fact?.id],
    }),
  ];
}
