import type { FactOf, Observation, Place, ProbeObservation } from '../../../helpers/model/observation.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';

const NAME = 'k3s-worker-99';

const touches = ({ source, destination }: ProbeObservation, node: string): boolean =>
  source.node === node || destination.node === node;

/**
 * The same observations, and a node more, Ready, that fares with every other node as the soundest one of them does:
 * what lies at another node or on the way to it keeps it from that one too, and nothing of its own does.
 */
export function withHealthyNode(observations: Observation[]): Observation[] {
  const facts = observations.flatMap((each) =>
    each.type === 'fact' && each.key === 'node' && each.value !== null ? [{ ...each, value: each.value }] : [],
  );
  const probes = observations.filter((each): each is ProbeObservation => each.type === 'probe');
  const names = [...new Set(facts.map(({ value }) => value.name))];
  const failures = (node: string) => probes.filter((probe) => probe.verdict === 'fail' && touches(probe, node)).length;
  const [soundest] = names.toSorted((a, b) => failures(a) - failures(b));
  const model = facts.findLast(({ node }) => node === soundest);
  if (!model || soundest === undefined) return observations;
  const info: NodeInfo = {
    ...model.value,
    name: NAME,
    role: 'agent',
    internalIp: '10.0.0.99',
    podCidrs: ['10.42.99.0/24'],
    annotations: { 'flannel.alpha.coreos.com/public-ip': '10.0.0.99' },
  };
  const moved = (place: Place): Place => (place.node === soundest ? { ...place, node: NAME } : place);
  const own = probes
    .filter((probe) => probe.suite !== 'cluster-ip' && touches(probe, soundest))
    .map((probe) => ({
      ...probe,
      id: `h-${probe.id}`,
      source: moved(probe.source),
      destination: moved(probe.destination),
    }));
  const added: FactOf<'node'> = { ...model, id: 'h-node', node: NAME, value: info, notObserved: undefined };
  return [...observations, added, ...own];
}
