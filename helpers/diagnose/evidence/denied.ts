import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { NetworkPolicyInfo } from '../../model/facts/kubernetes.ts';
import type { Impact } from '../entry.ts';
import type { View } from '../view/view.ts';
import { askedEndpoints } from './endpoints.ts';
import { failuresOf } from './services.ts';
import { distinct, ids } from './support.ts';

/** A Service whose pods answer their own node and no pod, while pods beside them are reached. */
export interface DeniedService {
  name: string;
  nodes: string[];
  basis: string[];
  impact: Impact[];
  text: string;
  /** The policies let in others, and are held against those whom they forgot. */
  isGuarded: boolean;
  /** The names of all kinds of policies that are known to shut its pods, and the observation that tells. */
  shutBy?: { names: readonly string[]; id: string };
  /** Policies of its namespace that may select its pods, with the observation that has each. */
  policies: { policy: NetworkPolicyInfo; id: string }[];
}

/** Whether a policy may select the pods that a Service selects. */
const selects = ({ labels }: NetworkPolicyInfo, selector: Record<string, string> = {}): boolean =>
  Object.entries(labels).every(([key, value]) => selector[key] === undefined || selector[key] === value);

/** Other kinds than Kubernetes' own choose pods in more ways than by labels: the reading of the Service has told. */
const policiesOf = (view: View, name: string): DeniedService['policies'] =>
  view.facts
    .all('network-policies')
    .flatMap(({ value, id }) =>
      value
        .filter(
          (policy) =>
            policy.kind === undefined &&
            policy.namespace === name.split('/')[0] &&
            selects(policy, view.cluster.service(name)?.value.selector),
        )
        .map((policy) => ({ policy, id })),
    );

/** A node whose K3s was told to enforce no NetworkPolicy itself. */
export const withoutK3sPolicies = (view: View) =>
  [...view.cluster.nodes.values()].find(({ value }) =>
    Object.entries(value.annotations).some(
      ([key, each]) => key.startsWith('k3s.io/') && each.includes('disable-network-policy'),
    ),
  );

type Answered = Pick<ProbeObservation, 'verdict' | 'errorKind'>;

const isKeptOut = ({ verdict, errorKind }: Answered): boolean =>
  (verdict === 'fail' || verdict === 'evidence') &&
  (errorKind === 'timeout' || errorKind === 'refused' || errorKind === 'prohibited');

const isTo =
  (addresses: readonly string[]) =>
  ({ role, destination: { ip } }: ProbeObservation): boolean =>
    role === 'same-node-pod' && ip !== undefined && addresses.includes(ip);

export function deniedServices(view: View): DeniedService[] {
  return [...Map.groupBy(askedEndpoints(view), ({ name }) => name)].flatMap(([name, endpoints]): DeniedService[] => {
    // What policies refuse that let in others is nobody's fault, until clients that are to come in fail as well.
    const isGuarded = endpoints.some(({ service }) => service.value.guardedBy !== undefined);
    const denied = endpoints.filter(({ endpoint, probes, atHome }) => {
      const fromPods = probes.filter(({ source }) => source.network === 'pod');
      const beside = view.probes.some(
        ({ role, destination, source, verdict, pathClass }) =>
          role === 'tcp-small' &&
          pathClass === 'pod-pod' &&
          destination.node === endpoint.node &&
          source.node !== endpoint.node &&
          verdict === 'pass',
      );
      const refused = fromPods.every((probe) => (!isJudged(probe) && !isGuarded) || isKeptOut(probe));
      return (
        beside &&
        refused &&
        atHome.some(({ verdict }) => verdict === 'pass') &&
        fromPods.some((probe) => probe.source.node === endpoint.node && isKeptOut(probe))
      );
    });
    const [first] = denied;
    const basis = isGuarded
      ? ids(first ? failuresOf(view, first.service) : [])
      : ids(denied.flatMap(({ probes }) => probes.filter(({ verdict }) => verdict === 'fail')));
    if (basis.length === 0) return [];
    const read = view.cluster.service(name);
    const shutBy = read?.value.shutBy && { names: read.value.shutBy, id: read.id };
    return [
      {
        name,
        nodes: distinct(denied.flatMap(({ endpoint }) => endpoint.node ?? [])),
        basis,
        isGuarded,
        policies: policiesOf(view, name),
        ...(shutBy && { shutBy }),
        impact: [
          { kind: 'service', service: name },
          ...denied.map(({ endpoint }) => ({ kind: 'endpoint' as const, ip: endpoint.ip })),
          // A probe asks such a pod also as one that is beside it.
          { kind: 'probes', ids: ids(view.failing.filter(isTo(denied.map(({ endpoint }) => endpoint.ip)))) },
        ],
        text:
          `${denied.length} endpoints of ${name} answer their own node and no pod, while probe pods beside them ` +
          'are reached from other nodes',
      },
    ];
  });
}
