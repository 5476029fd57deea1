import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf } from '../../../helpers/report/entries.ts';
import { matrices, mergedMatrix } from '../../../helpers/report/matrix.ts';
import { matrixLines } from '../../../helpers/report/matrix-text.ts';
import { probeOf } from '../../support/observations.ts';
import { recorded } from './recorded-report.ts';
import { mesh, NODES, overlayOutage, probe } from './mesh.ts';

const states = (matrix: ReturnType<typeof mergedMatrix>) => matrix.rows.map((row) => row.map(({ state }) => state));

describe('the matrix', () => {
  test('of an overlay outage has failing pod pairs and passing node pairs, each in its own picture', () => {
    const all = matrices(mesh(overlayOutage), NODES);
    expect(all.map(({ pathClass, protocol }) => `${pathClass} ${protocol}`)).toEqual([
      'pod-pod tcp',
      'pod-pod udp',
      'host-host tcp',
      'host-host udp',
    ]);
    expect(states(all[0] ?? mergedMatrix([]))).toEqual([
      ['pass', 'fail', 'fail'],
      ['fail', 'pass', 'fail'],
      ['fail', 'fail', 'pass'],
    ]);
    expect(states(all[2] ?? mergedMatrix([])).flat()).not.toContain('fail');
  });

  test('taken together shows a pair as mixed where only one of its ways fails', () => {
    expect(states(mergedMatrix(mesh(overlayOutage), NODES))[0]).toEqual(['pass', 'mixed', 'mixed']);
  });

  test('keeps the row and the column of a node that has no probe', () => {
    const merged = mergedMatrix(mesh(), [...NODES, 'k3s-worker-03']);
    expect(merged.rows).toHaveLength(4);
    expect(merged.rows[3]?.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'not-observed'));
  });

  test('has nothing to ask of a node itself where its own probe does not ask it', () => {
    const [one, two] = NODES;
    const merged = mergedMatrix(
      mesh().filter(({ source, destination }) => source.node !== destination.node),
      [...NODES, 'k3s-worker-03'],
    );
    expect(merged.rows.map((row, index) => row[index]?.state)).toEqual([
      'nothing-to-ask',
      'nothing-to-ask',
      'nothing-to-ask',
      'not-observed',
    ]);
    expect(merged.rows[0]?.[1]).toMatchObject({ from: one, to: two, state: 'pass' });
  });

  test('counts an echo to a tunnel address with the overlay, not with UDP between nodes', () => {
    const tunnel = probeOf('udp-echo', {
      id: '1',
      suite: 'overlay',
      role: 'tunnel-echo',
      pathClass: 'host-host',
      source: { node: 'a' },
      destination: { node: 'b' },
      verdict: 'fail',
    });
    expect(matrices([tunnel]).map(({ protocol }) => protocol)).toEqual(['overlay']);
  });

  test('tells one direction from the other: rows ask, columns are asked', () => {
    const [, one, two] = NODES;
    const merged = mergedMatrix(
      mesh(({ from, to }) => from === one && to === two),
      NODES,
    );
    expect([merged.rows[1]?.[2]?.state, merged.rows[2]?.[1]?.state]).toEqual(['fail', 'pass']);
  });

  const [near, far] = [{ node: 'a' }, { node: 'b' }];
  const oneWay = (more: Parameters<typeof probe>[0][] = []) => [
    probeOf('burst', { id: '1', suite: 'overlay', source: near, destination: far }),
    probeOf('burst', { id: '2', suite: 'overlay', source: far, destination: near, verdict: 'fail' }),
    probe({ id: '3', suite: 'pod-to-pod', pathClass: 'pod-pod', source: near, destination: far, verdict: 'fail' }),
    probe({ id: '4', suite: 'pod-to-pod', pathClass: 'pod-pod', source: far, destination: near, verdict: 'fail' }),
    ...more.map((each) => probe(each)),
  ];
  const backs = (probes: ReturnType<typeof oneWay>) =>
    mergedMatrix(probes, ['a', 'b']).rows.map((row) => row.map(({ isLostOnReturn }) => isLostOnReturn ?? false));

  test('of a one-way fault tells who is not heard from who waits for an answer', () => {
    expect(backs(oneWay())).toEqual([
      [false, true],
      [false, false],
    ]);
    expect(matrixLines(mergedMatrix(oneWay(), ['a', 'b']))).toMatchInlineSnapshot(`
      [
        "     1 2",
        "1 a    <",
        "2 b  x",
        "",
        "row asks column;  . passes   x fails in some way   ? not observed",
        "< fails because answers are lost on their way back; what the row sends arrives",
      ]
    `);
  });

  test('of a recorded run in which one direction was closed marks that direction alone', () => {
    const observations = recorded('vxlan-port-filtered-in-path/one-direction');
    expect(matrixLines(mergedMatrix(observations, NODES))).toMatchInlineSnapshot(`
      [
        "                 1 2 3",
        "1 k3s-master-01  . . .",
        "2 k3s-worker-01  . . <",
        "3 k3s-worker-02  . x .",
        "",
        "row asks column;  . passes   x fails in some way   ? not observed",
        "< fails because answers are lost on their way back; what the row sends arrives",
      ]
    `);
  });

  test('blames no answers where something fails that the overlay does not carry, or that is refused', () => {
    const host = { id: '5', suite: 'pod-to-pod', pathClass: 'host-host', source: near, destination: far } as const;
    expect(backs(oneWay([{ ...host, verdict: 'fail' }])).flat()).not.toContain(true);
    expect(
      backs(oneWay([{ ...host, pathClass: 'pod-pod', verdict: 'fail', errorKind: 'refused' }])).flat(),
    ).not.toContain(true);
  });

  test('shows NodePorts and the ingress beside the nodes, the load balancer last, and does so without a mesh', () => {
    const asked = [
      probe({ id: '1', suite: 'node-port', role: 'from-runner', destination: near, verdict: 'fail' }),
      probe({ id: '2', suite: 'node-port', role: 'from-runner', destination: far }),
      probe({ id: '3', suite: 'ingress', role: 'worker', destination: far }),
      probe({ id: '4', suite: 'ingress', role: 'load-balancer', destination: {}, verdict: 'fail' }),
    ];
    const lines = (observations: ReturnType<typeof oneWay>) =>
      matrixLines(mergedMatrix(observations, ['a', 'b']), entriesOf(observations, ['a', 'b']));
    expect(lines(asked)).toMatchInlineSnapshot(`
      [
        "                 NodePort  ingress",
        "1 a              x",
        "2 b              .         .",
        "  load balancer            x",
        "",
        ". passes   x fails in some way   ? not observed",
      ]
    `);
    expect(lines([...asked, ...oneWay()])).toMatchInlineSnapshot(`
      [
        "                 1 2  NodePort  ingress",
        "1 a                <  x",
        "2 b              x    .         .",
        "  load balancer                 x",
        "",
        "row asks column;  . passes   x fails in some way   ? not observed",
        "< fails because answers are lost on their way back; what the row sends arrives",
      ]
    `);
  });

  test('counts what was lost only over probes that were judged', () => {
    const place = { source: { node: 'a' }, destination: { node: 'b' } };
    const merged = mergedMatrix([
      probe({ id: '1', ...place, attempts: 10, succeeded: 8 }),
      probe({ id: '2', ...place, attempts: 10, succeeded: 0, verdict: 'inconclusive' }),
    ]);
    expect(merged.rows[0]?.[1]).toMatchObject({ state: 'pass', passed: 1, notObserved: 1 });
    expect(merged.rows[0]?.[1]?.loss).toBeCloseTo(0.2);
  });

  test('leaves out probes of Services and names, which have no pair of nodes of their own', () => {
    expect(
      mergedMatrix([probe({ id: '1', suite: 'cluster-ip', source: { node: 'a' }, destination: { node: 'b' } })]).nodes,
    ).toEqual([]);
  });

  test('is the same in whatever order the observations come', () => {
    const observations = mesh(overlayOutage);
    fc.assert(
      fc.property(fc.shuffledSubarray(observations, { minLength: observations.length }), (shuffled) => {
        expect(matrices(shuffled)).toEqual(matrices(observations));
      }),
      { numRuns: 30 },
    );
  });
});
