import { array, assert, boolean, integer, pre, property } from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { planKubelets } from '../../../../helpers/observe/overlay/bursts/kubelets.ts';
import { planNodePorts } from '../../../../helpers/observe/plans/node-ports.ts';
import { askingOf, pairsOf, samplingNote } from '../../../../helpers/observe/plans/pairs.ts';
import { planPodMesh } from '../../../../helpers/observe/plans/pod-mesh.ts';
import { planEndpoints } from '../../../../helpers/observe/plans/services.ts';
import { nodeName, runContext, serviceOn, waysOf } from '../support/run-context.ts';

describe('pairs of nodes', () => {
  test.each([
    [1, 0],
    [2, 2],
    [4, 12],
    // Distances 1, 2 and 4 in both directions; at five nodes 4 is 1 the other way.
    [5, 20],
    [16, 16 * 7],
    [100, 100 * 14],
  ])('of %i nodes are %i', (nodes, count) => {
    expect(pairsOf(runContext({ nodes }))).toHaveLength(count);
  });

  it('have every node at both ends, hold each pair once and in both directions, and no node with itself', () => {
    assert(
      property(integer({ min: 2, max: 60 }), (nodes) => {
        const pairs = pairsOf(runContext({ nodes })).map((pair) => pair.join(' '));
        const all = new Set(pairs);
        expect(all.size).toBe(pairs.length);
        for (const pair of pairs) {
          const [from, to] = pair.split(' ');
          expect(from).not.toBe(to);
          expect(all.has(`${to} ${from}`)).toBe(true);
        }
        expect(new Set(pairs.map((pair) => pair.split(' ')[0])).size).toBe(nodes);
      }),
      { numRuns: 30 },
    );
  });

  it('lead out of every group of nodes and into it, so that what parts it from all others is seen', () => {
    assert(
      property(array(boolean(), { minLength: 17, maxLength: 60 }), (inside) => {
        pre(inside.includes(true) && inside.includes(false));
        const group = new Set(inside.flatMap((isInside, index) => (isInside ? [nodeName(index)] : [])));
        const isInside = (name: string) => group.has(name);
        const pairs = pairsOf(runContext({ nodes: inside.length }));
        expect(pairs.some(([from, to]) => isInside(from) && !isInside(to))).toBe(true);
        expect(pairs.some(([from, to]) => !isInside(from) && isInside(to))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('let a node ask itself, its partners and what has no node', () => {
    const isAsked = askingOf(runContext({ nodes: 16 }));
    const asked = (to: string | undefined) => isAsked(nodeName(0), to);
    expect([nodeName(0), nodeName(1), nodeName(2), nodeName(3), nodeName(8), undefined].map(asked)).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('a plan of a large cluster', () => {
  const nodes = 64;
  const every = Array.from({ length: nodes }, (_, index) => index);
  const context = runContext({ nodes, service: serviceOn(every) });
  const pairs = pairsOf(context).map((pair) => pair.join(' '));
  test.each([
    ['the mesh of probes', planPodMesh(context, { podBytes: 1450, hostBytes: 1500 })],
    ['the endpoints of Services', planEndpoints(context, new Map())],
    ['the NodePorts', planNodePorts(context, new Map()).filter(({ role }) => role === 'from-node')],
    ['the kubelets', planKubelets(context)],
  ])('goes between the pairs only: %s', (_, probes) => {
    const ways = waysOf(probes).filter((way) => way.split(' ')[0] !== way.split(' ')[1]);
    expect(ways).toEqual(pairs.toSorted());
  });

  it('is told in the report for all plans, with how many pairs are left', () => {
    expect(samplingNote(context)).toMatchInlineSnapshot(
      `"704 of 4032 ordered pairs are tested: each node with those at distances 1, 2, 4, 8 … in both directions. This holds for probes, endpoints, NodePorts, kubelets and the overlay. What parts a node or a group of them from all others is seen for certain; what fails in one direction between two nodes alone with a chance of 17 %"`,
    );
  });

  it('needs no note where every node is asked from every other', () => {
    expect(samplingNote(runContext({ nodes: 4 }))).toBeUndefined();
  });
});
