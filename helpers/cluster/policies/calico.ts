import { parseSelector, type LabelOf, type Selector } from './calico-selector.ts';
import { holdsPod } from './label-selection.ts';
import { WAYS, type PodIdentity, type PodPolicy, type PodPort, type PolicyRule, type Way } from './policy.ts';
import { every, not, some, type Told } from './told.ts';

/** One side of a rule. */
interface Entity {
  nets?: string[];
  notNets?: string[];
  selector?: string;
  notSelector?: string;
  namespaceSelector?: string;
  ports?: (number | string)[];
  notPorts?: (number | string)[];
  serviceAccounts?: unknown;
  services?: unknown;
}

interface CalicoRule {
  action?: string;
  protocol?: string | number;
  notProtocol?: string | number;
  source?: Entity;
  destination?: Entity;
}

/** A NetworkPolicy or GlobalNetworkPolicy of Calico, as its CRDs hold it. */
export interface CalicoPolicy {
  metadata?: { name?: string; namespace?: string };
  spec?: {
    tier?: string;
    order?: number;
    selector?: string;
    namespaceSelector?: string;
    serviceAccountSelector?: string;
    types?: string[];
    ingress?: CalicoRule[];
    egress?: CalicoRule[];
    preDNAT?: boolean;
    doNotTrack?: boolean;
  };
}

const ACTIONS: Record<string, PolicyRule['action']> = { allow: 'allow', deny: 'deny', pass: 'pass' };
const TYPES: Record<Way, string> = { ingress: 'Ingress', egress: 'Egress' };

/** Labels that Calico gives each pod beside the pod's own. */
const ofPod =
  ({ namespace, labels }: PodIdentity): LabelOf =>
  (key) => {
    if (key === 'projectcalico.org/namespace') return namespace;
    if (key === 'projectcalico.org/orchestrator') return 'k8s';
    return key === 'projectcalico.org/serviceaccount' ? null : labels[key];
  };

const ofNamespace =
  ({ namespaceLabels, areAllKnown }: PodIdentity): LabelOf =>
  (key) =>
    namespaceLabels[key] ?? (areAllKnown ? undefined : null);

function isAmong(ports: readonly (number | string)[], { number }: PodPort): Told {
  return some(
    ports.map((port) => {
      const [from, to = from] = String(port).split(':').map(Number);
      // A name is one of a container's ports.
      return from === undefined || to === undefined || Number.isNaN(from + to)
        ? undefined
        : number >= from && number <= to;
    }),
  );
}

const sameProtocol = (protocol: string | number, own: string): boolean =>
  String(protocol).toUpperCase() === own || protocol === (own === 'TCP' ? 6 : own === 'UDP' ? 17 : own);

/** Whether a pod is what a side of a rule names. `home` is the namespace of the policy, where it has one. */
function naming(entity: Entity, home: string | undefined): (who: PodIdentity) => Told {
  const { nets, notNets = [], selector, notSelector, namespaceSelector, serviceAccounts, services } = entity;
  const parsed = (text: string | undefined): Selector | undefined => (text === undefined ? text : parseSelector(text));
  const [ofPods, ofOthers, ofNamespaces] = [selector, notSelector, namespaceSelector].map(parsed);
  return (who) =>
    every([
      nets === undefined || nets.length === 0 || nets.some((net) => holdsPod(net, [], who)),
      !notNets.some((net) => holdsPod(net, [], who)),
      !ofNamespaces || ofNamespaces(ofNamespace(who)),
      // Pods are chosen within the policy's own namespace where no other is said.
      !ofPods ||
        every([ofPods(ofPod(who)), ofNamespaces !== undefined || home === undefined || home === who.namespace]),
      !ofOthers || not(ofOthers(ofPod(who))),
      serviceAccounts === undefined && services === undefined ? true : undefined,
    ]);
}

const hasCondition = (entity: Entity = {}): boolean => Object.keys(entity).length > 0;

function ruleOf(rule: CalicoRule, way: Way, home: string | undefined): PolicyRule[] {
  const action = ACTIONS[(rule.action ?? '').toLowerCase()];
  // `Log` decides nothing.
  if (!action) return [];
  const [peers, own] = way === 'ingress' ? [rule.source, rule.destination] : [rule.destination, rule.source];
  const { protocol, notProtocol, destination } = rule;
  const sourcePorts = rule.source?.ports ?? rule.source?.notPorts;
  const ofPorts = [protocol, notProtocol, destination?.ports, destination?.notPorts, sourcePorts];
  const isOfPorts = (port: PodPort | undefined): Told => {
    if (ofPorts.every((each) => each === undefined)) return true;
    if (!port || sourcePorts) return undefined;
    return every([
      protocol === undefined || sameProtocol(protocol, port.protocol),
      notProtocol === undefined || !sameProtocol(notProtocol, port.protocol),
      destination?.ports === undefined || isAmong(destination.ports, port),
      destination?.notPorts === undefined || not(isAmong(destination.notPorts, port)),
    ]);
  };
  const { ports: _ports, notPorts: _notPorts, ...ofItself } = own ?? {};
  const isPeer = naming(peers ?? {}, home);
  return [
    {
      action,
      isOpen:
        protocol === undefined && notProtocol === undefined && !hasCondition(rule.source) && !hasCondition(destination),
      matches: (who, port) => every([isPeer(who), isOfPorts(port), hasCondition(ofItself) ? undefined : true]),
    },
  ];
}

const DEFAULT_TIER = 'default';

/** A policy of Calico in the common form; none for those that hold for nodes alone, before pods are thought of. */
export function fromCalico(kind: string, { metadata, spec = {} }: CalicoPolicy): PodPolicy[] {
  const { namespace, name = '' } = metadata ?? {};
  const { order, tier = DEFAULT_TIER, types = ['Ingress'] } = spec;
  if (spec.preDNAT || spec.doNotTrack) return [];
  const ofPods: Selector = parseSelector(spec.selector ?? '');
  const ofNamespaces: Selector = parseSelector(spec.namespaceSelector ?? '');
  const isDefault = tier === DEFAULT_TIER;
  return [
    {
      kind,
      engine: 'calico',
      ...(namespace !== undefined && { namespace }),
      name,
      labels: {},
      stage: isDefault ? 'default' : 'admin',
      // The last of all where none is given.
      order: order ?? Number.MAX_SAFE_INTEGER,
      selects: (pod) =>
        every([
          namespace === undefined || namespace === pod.namespace,
          ofPods(ofPod(pod)),
          ofNamespaces(ofNamespace(pod)),
          spec.serviceAccountSelector === undefined ? true : undefined,
        ]),
      ways: Object.fromEntries(
        WAYS.filter((way) => types.includes(TYPES[way])).map((way) => [
          way,
          // What another tier does at its end is a setting of the tier.
          { isolates: isDefault, rules: (spec[way] ?? []).flatMap((rule) => ruleOf(rule, way, namespace)) },
        ]),
      ),
    },
  ];
}
