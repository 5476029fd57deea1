import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrices, mergedMatrix } from '../../../helpers/report/matrix.ts';
import { probeOf } from '../../support/observations.ts';
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
