import type { V1LabelSelector } from '@kubernetes/client-node';
import { isNamespaceSelected, isSelected } from './label-selection.ts';
import { WAYS, type PodIdentity, type PodPolicy, type PodPort, type PolicyRule } from './policy.ts';
import { every, some, type Told } from './told.ts';

interface Subject {
  namespaces?: V1LabelSelector;
  pods?: { namespaceSelector?: V1LabelSelector; podSelector?: V1LabelSelector };
}

interface AdminPort {
  portNumber?: { port?: number; protocol?: string };
  portRange?: { start?: number; end?: number; protocol?: string };
  namedPort?: string;
}

interface AdminRule {
  action?: string;
  from?: Subject[];
  to?: Subject[];
  ports?: AdminPort[];
}

/** An AdminNetworkPolicy or BaselineAdminNetworkPolicy (network-policy-api.sigs.k8s.io). */
export interface AdminPolicy {
  metadata?: { name?: string };
  spec?: { priority?: number; subject?: Subject; ingress?: AdminRule[]; egress?: AdminRule[] };
}

const ACTIONS: Record<string, PolicyRule['action']> = { Allow: 'allow', Deny: 'deny', Pass: 'pass' };

function isSubject({ namespaces, pods }: Subject, pod: PodIdentity): Told {
  if (namespaces) return isNamespaceSelected(namespaces, pod);
  // Addresses and nodes are other kinds of peers.
  if (!pods) return false;
  return every([
    isNamespaceSelected(pods.namespaceSelector ?? {}, pod),
    isSelected(pods.podSelector ?? {}, pod.labels),
  ]);
}

function isAt({ portNumber, portRange }: AdminPort, { number, protocol }: PodPort): Told {
  const { protocol: own = 'TCP' } = portNumber ?? portRange ?? {};
  if (portNumber) return own === protocol && portNumber.port === number;
  if (!portRange) return undefined;
  return own === protocol && number >= (portRange.start ?? 0) && number <= (portRange.end ?? 0);
}

function ruleOf({ action = '', from, to, ports }: AdminRule): PolicyRule[] {
  const known = ACTIONS[action];
  if (!known) return [];
  return [
    {
      action: known,
      // It names its peers always.
      isOpen: false,
      matches: (who, port) =>
        every([
          some((from ?? to ?? []).map((peer) => isSubject(peer, who))),
          ports === undefined || (port && some(ports.map((each) => isAt(each, port)))),
        ]),
    },
  ];
}

/** A policy of the cluster's administrators in the common form: before all others, or where no other decides. */
export function fromAdmin(kind: string, { metadata, spec = {} }: AdminPolicy): PodPolicy[] {
  const { subject, priority } = spec;
  if (!subject) return [];
  return [
    {
      kind,
      name: metadata?.name ?? '',
      labels: {},
      stage: priority === undefined ? 'baseline' : 'admin',
      order: priority ?? 0,
      selects: (pod) => isSubject(subject, pod),
      ways: Object.fromEntries(WAYS.map((way) => [way, { isolates: false, rules: (spec[way] ?? []).flatMap(ruleOf) }])),
    },
  ];
}
