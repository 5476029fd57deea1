import { OBSERVATION_VERSION, type FactObservation, type Observation, type ProbeObservation } from '../../../helpers/model/observation.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';

const NAME = 'k3s-worker-99';

const probe = (id: string, more: Pick<ProbeObservation, 'suite' | 'kind' | 'role' | 'source' | 'destination' | 'asked'> & Partial<ProbeObservation>): ProbeObservation => ({
  v: OBSERVATION_VERSION,
  type: 'probe',
  id,
  verdict: 'pass',
  attempts: 1,
  succeeded: 1,
  durationMs: 0,
  got: {},
  at: '2026-01-01T00:00:00.000Z',
  ...more,
});

/** The same observations, and a node more that is Ready, whose pods and host every other node reaches and that reaches every other. */
export function withHealthyNode(observations: Observation[]): Observation[] {
  const nodes = observations.filter((each): each is FactObservation => each.type === 'fact' && each.key === 'node');
  const last = nodes.at(-1);
  if (!last) return observations;
  const info: NodeInfo = { ...(last.value as NodeInfo), name: NAME, role: 'agent', internalIp: '10.0.0.99', podCidrs: ['10.42.99.0/24'], ready: true, notReadyReason: undefined, annotations: { 'flannel.alpha.coreos.com/public-ip': '10.0.0.99' } };
  const known = nodes.filter(({ at }) => at === last.at || nodes.length < 8);
  const names = [...new Set(known.map(({ value }) => (value as NodeInfo).name))];
  const ends = names.flatMap((other) => [
    { from: NAME, to: other },
    { from: other, to: NAME },
  ]);
  const mesh = ends.flatMap(({ from, to }, index) =>
    (['pod', 'host'] as const).flatMap((a) =>
      (['pod', 'host'] as const).flatMap((b) =>
        ['tcp-small', 'udp-small', 'tcp-large', 'udp-full'].map((role) =>
          probe(`h${index}-${a}${b}-${role}`, { suite: 'pod-to-pod', kind: 'payload', role, pathClass: `${a}-${b}`, source: { network: a, node: from }, destination: { network: b, node: to }, asked: { protocol: role.slice(0, 3) } }),
        ),
      ),
    ),
  );
  // To a node that answers nobody a healthy one gets no further than the others.
  const dead = new Set(names.filter((name) => !observations.some((each) => each.type === 'probe' && each.verdict === 'pass' && each.destination.node === name && each.source.node !== name)));
  const lives = mesh.filter(({ source, destination }) => !dead.has(source.node ?? '') && !dead.has(destination.node ?? ''));
  return [...observations, { ...last, id: 'h-node', node: NAME, value: info }, ...lives];
}
