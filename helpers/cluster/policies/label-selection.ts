import type { V1LabelSelector } from '@kubernetes/client-node';
import ipaddr from 'ipaddr.js';
import { hasLabels } from '../label-selector.ts';
import type { Labels, PodIdentity } from './policy.ts';
import { every, type Told } from './told.ts';

/** Whether labels are selected, as the API server has it: an empty selector selects all. */
export function isSelected({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector, labels: Labels): boolean {
  return (
    hasLabels(labels, matchLabels) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const own = labels[key];
      if (operator === 'Exists') return own !== undefined;
      if (operator === 'DoesNotExist') return own === undefined;
      return values.includes(own ?? '') === (operator === 'In');
    })
  );
}

/** The labels by which a namespace is told by its name; it may have others. */
export const namespaceNamed = (name: string): Labels => ({
  'kubernetes.io/metadata.name': name,
  'projectcalico.org/name': name,
});

/** Whether the namespace of a pod is selected: only what is known of its labels tells. */
export function isNamespaceSelected(
  { matchLabels = {}, matchExpressions = [] }: V1LabelSelector,
  { namespaceLabels, areAllKnown }: PodIdentity,
): Told {
  const parts: V1LabelSelector[] = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ matchLabels: { [key]: value } })),
    ...matchExpressions.map((each) => ({ matchExpressions: [each] })),
  ];
  const keyOf = (part: V1LabelSelector) => part.matchExpressions?.[0]?.key ?? Object.keys(part.matchLabels ?? {})[0];
  return every(
    parts.map((part) =>
      areAllKnown || (keyOf(part) ?? '') in namespaceLabels ? isSelected(part, namespaceLabels) : undefined,
    ),
  );
}

function covers(wide: string, narrow: string): boolean {
  const [outer, inner] = [ipaddr.parseCIDR(wide), ipaddr.parseCIDR(narrow)];
  return outer[0].kind() === inner[0].kind() && outer[1] <= inner[1] && inner[0].match(outer);
}

/** Whether a range holds all of a pod's, where it is not excepted. */
export const holdsPod = (cidr: string, except: readonly string[], { ranges }: PodIdentity): boolean =>
  ranges.some((range) => covers(cidr, range) && !except.some((without) => covers(without, range)));
