import type { V1LabelSelector } from '@kubernetes/client-node';
import { isSelected } from './label-selection.ts';
import {
  KUBERNETES_ORDER,
  WAYS,
  type Labels,
  type PodIdentity,
  type PodPolicy,
  type PodPort,
  type PolicyRule,
  type Way,
} from './policy.ts';
import { every, some, type Told } from './told.ts';

interface CiliumRule {
  fromEndpoints?: V1LabelSelector[];
  toEndpoints?: V1LabelSelector[];
  fromEntities?: string[];
  toEntities?: string[];
  toPorts?: { ports?: { port?: string; endPort?: number; protocol?: string }[] }[];
  [other: string]: unknown;
}

interface CiliumSpec {
  endpointSelector?: V1LabelSelector;
  nodeSelector?: unknown;
  enableDefaultDeny?: Partial<Record<Way, boolean>>;
  ingress?: CiliumRule[];
  egress?: CiliumRule[];
  ingressDeny?: CiliumRule[];
  egressDeny?: CiliumRule[];
}

/** A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: one rule in `spec`, or several in `specs`. */
export interface CiliumPolicy {
  metadata?: { name?: string; namespace?: string };
  spec?: CiliumSpec;
  specs?: CiliumSpec[];
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const OF_NAMESPACE = 'io.cilium.k8s.namespace.labels.';
/** Entities that every pod of the cluster is one of (docs.cilium.io, Layer 3 policies, Entities). */
const OF_ALL_PODS = ['all', 'cluster'];
const PEERS: Record<Way, { endpoints: string; entities: string; other: RegExp }> = {
  ingress: { endpoints: 'fromEndpoints', entities: 'fromEntities', other: /^from/ },
  egress: { endpoints: 'toEndpoints', entities: 'toEntities', other: /^to(?!Ports$)/ },
};

/** A key without the source that Cilium puts before it. */
const bare = (key: string): string => key.replace(/^(?:k8s|any)[:.]/, '');

const withBareKeys = ({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector): V1LabelSelector => ({
  matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [bare(key), value])),
  matchExpressions: matchExpressions.map(({ key, operator, values }) => ({ key: bare(key), operator, values })),
});

/** All labels by which Cilium knows a pod. */
const labelsOf = ({ namespace, labels, namespaceLabels }: PodIdentity): Labels => ({
  ...labels,
  [NAMESPACE]: namespace,
  ...Object.fromEntries(Object.entries(namespaceLabels).map(([key, value]) => [`${OF_NAMESPACE}${key}`, value])),
});

/** Whether a pod is selected; `home` is the namespace of the policy, where it has one. */
function selects(selector: V1LabelSelector, pod: PodIdentity, home: string | undefined): Told {
  const own = withBareKeys(selector);
  const keys = [...Object.keys(own.matchLabels ?? {}), ...(own.matchExpressions ?? []).map(({ key }) => key)];
  if (home !== undefined && !keys.includes(NAMESPACE) && pod.namespace !== home) return false;
  const isUnknown = keys.some(
    (key) =>
      key.startsWith(OF_NAMESPACE) && !pod.areAllKnown && !(key.slice(OF_NAMESPACE.length) in pod.namespaceLabels),
  );
  return isUnknown ? undefined : isSelected(own, labelsOf(pod));
}

function isAt(toPorts: NonNullable<CiliumRule['toPorts']>, own: PodPort): Told {
  return some(
    toPorts.map(({ ports = [] }) =>
      ports.length === 0
        ? true
        : some(
            ports.map(({ port = '0', endPort, protocol = 'ANY' }) => {
              if (protocol !== 'ANY' && protocol !== own.protocol) return false;
              const from = Number(port);
              if (Number.isNaN(from)) return undefined;
              return from === 0 || (own.number >= from && own.number <= (endPort ?? from));
            }),
          ),
    ),
  );
}

function ruleOf(rule: CiliumRule, action: PolicyRule['action'], way: Way, home: string | undefined): PolicyRule[] {
  const { endpoints, entities, other } = PEERS[way];
  // A rule without anything is about nobody.
  if (Object.keys(rule).length === 0) return [];
  const named = rule[endpoints] as V1LabelSelector[] | undefined;
  const kinds = rule[entities] as string[] | undefined;
  const isAnybody = !Object.keys(rule).some((key) => other.test(key));
  const isPeer = (who: PodIdentity): Told =>
    isAnybody ||
    some([
      ...(named ?? []).map((selector) => selects(selector, who, home)),
      (kinds ?? []).some((each) => OF_ALL_PODS.includes(each)),
    ]);
  return [
    {
      action,
      isOpen: rule.toPorts === undefined && (kinds ?? []).includes('all'),
      matches: (who, port) => every([isPeer(who), rule.toPorts === undefined || (port && isAt(rule.toPorts, port))]),
    },
  ];
}

/** A policy of Cilium in the common form; none for those that hold for nodes. What it denies nothing else allows. */
export function fromCilium(kind: string, { metadata, spec, specs = [] }: CiliumPolicy): PodPolicy[] {
  const { namespace, name = '' } = metadata ?? {};
  return [...(spec ? [spec] : []), ...specs].flatMap((each): PodPolicy[] => {
    const selector = each.endpointSelector;
    if (!selector) return [];
    const common = {
      kind,
      engine: 'cilium' as const,
      ...(namespace !== undefined && { namespace }),
      name,
      labels: withBareKeys(selector).matchLabels ?? {},
      stage: 'default' as const,
      selects: (pod: PodIdentity) => selects(selector, pod, namespace),
    };
    // An empty list says as much as none.
    const has = (rules: CiliumRule[] | undefined) => rules !== undefined && rules.length > 0;
    const allowing = WAYS.filter((way) => has(each[way]) || has(each[`${way}Deny`])).map((way) => [
      way,
      {
        isolates: each.enableDefaultDeny?.[way] ?? true,
        rules: (each[way] ?? []).flatMap((rule) => ruleOf(rule, 'allow', way, namespace)),
      },
    ]);
    const denying = WAYS.filter((way) => has(each[`${way}Deny`])).map((way) => [
      way,
      {
        isolates: false,
        rules: (each[`${way}Deny`] ?? []).flatMap((rule) => ruleOf(rule, 'deny', way, namespace)),
      },
    ]);
    return [
      { ...common, order: KUBERNETES_ORDER, ways: Object.fromEntries(allowing) },
      ...(denying.length > 0 ? [{ ...common, order: 0, ways: Object.fromEntries(denying) }] : []),
    ];
  });
}
