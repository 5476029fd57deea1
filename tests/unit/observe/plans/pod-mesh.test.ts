import { describe, expect, it } from 'vitest';
import { planPodMesh } from '../../../../helpers/observe/plans/pod-mesh.ts';
import { nodeName, rolesOf, runContext, serviceOn, waysOf } from '../support/run-context.ts';

const mtus = { podBytes: 1450, hostBytes: 1500 };
const sizes = (probes: ReturnType<typeof planPodMesh>, pathClass: string) =>
  Object.fromEntries(
    probes
      .filter((probe) => probe.pathClass === pathClass && probe.source.node !== probe.destination.node)
      .map(({ role, asked }) => [role, 'payloadBytes' in asked ? asked.payloadBytes : undefined]),
  );

describe('the mesh of probes', () => {
  const probes = planPodMesh(runContext({ nodes: 3 }), mtus);

  it('has five sizes for each ordered pair and class of path, and for the two networks of one node', () => {
    const across = 3 * 2 * 4;
    const within = 3 * 2;
    const each = across + within;
    expect(rolesOf(probes)).toEqual({
      'tcp-small': each,
      'tcp-large': each,
      'udp-small': each,
      'udp-full': each,
      'udp-fragmented': each,
    });
  });

  it('sends what just fits the smallest MTU of its path, and what does not', () => {
    expect(sizes(probes, 'pod-pod')).toMatchObject({ 'udp-full': 1450 - 28, 'udp-fragmented': 1450 + 372 });
    expect(sizes(probes, 'host-host')).toMatchObject({ 'udp-full': 1500 - 28, 'udp-fragmented': 1500 + 372 });
  });

  it('sends to a node no more than its card carries, however much the pods’ network does', () => {
    const jumbo = planPodMesh(runContext({ nodes: 2 }), { podBytes: 8950, hostBytes: 1500 });
    expect(sizes(jumbo, 'pod-host')).toMatchObject({ 'udp-full': 1500 - 28 });
    expect(sizes(jumbo, 'pod-pod')).toMatchObject({ 'udp-full': 8950 - 28 });
  });

  it('says that the overlay is crossed to a pod of another node only', () => {
    const overlay = probes.filter(({ crosses }) => crosses.overlay !== undefined);
    expect(new Set(overlay.map(({ pathClass }) => pathClass))).toEqual(new Set(['pod-pod', 'host-pod']));
    expect(overlay.every(({ source, destination }) => source.node !== destination.node)).toBe(true);
  });

  it('leaves out a node without a probe', () => {
    const ways = waysOf(planPodMesh(runContext({ nodes: 3, probed: [0, 2] }), mtus));
    expect(ways.filter((way) => way.includes(nodeName(1)))).toEqual([]);
  });

  it('asks a ready pod of the workloads from the probe beside it', () => {
    const beside = planPodMesh(runContext({ nodes: 3, service: serviceOn([1]) }), mtus).filter(
      ({ role }) => role === 'same-node-pod',
    );
    expect(beside.map(({ source, destination }) => [source.node, destination.ip])).toEqual([
      [nodeName(1), '10.42.1.9'],
    ]);
  });
});
