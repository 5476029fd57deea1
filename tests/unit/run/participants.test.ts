import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { foreignNodes } from '../../../helpers/cluster/foreign-nodes.ts';
import { topologyOf, type ReadTopology } from '../../../helpers/cluster/topology.ts';
import { readNodeSelection } from '../../../helpers/model/node-selection.ts';
import { participantsOf } from '../../../helpers/run/participants.ts';

interface Some {
  labels?: Record<string, string>;
  addresses?: Record<string, string>;
  taints?: string[];
  most?: string;
}

const node = (
  name: string,
  { labels = {}, addresses = { InternalIP: '10.0.0.1' }, taints = [], most }: Some = {},
): V1Node => ({
  metadata: { name, labels },
  spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
  status: {
    addresses: Object.entries(addresses).map(([type, address]) => ({ type, address })),
    ...(most !== undefined && { allocatable: { pods: most } }),
  },
});

const read = (nodes: V1Node[], pods: V1Pod[] = []): ReadTopology => ({
  topology: topologyOf(
    { nodes, services: [], slices: [], ingresses: [], pods, pools: [] },
    { namespaces: [], name: 'test', serverVersion: 'v1.34.4' },
  ),
  nodes,
  pods,
  controllers: [],
  foreignNodes: foreignNodes(nodes),
});
const selection = (text: string) => readNodeSelection(text);

describe('nodes that take no part in a run', () => {
  test('by choice leave nothing open, foreign ones among them, and are one line', () => {
    const nodes = [node('a'), node('b'), node('win', { labels: { 'kubernetes.io/os': 'windows' } })];
    const { leftOut, holes } = participantsOf(read(nodes), selection('a'));
    expect(leftOut).toEqual(['b', 'win']);
    expect(holes).toEqual([{ what: 'b, win', why: 'left out by NETWRIGHT_NODES=a', isByChoice: true }]);
  });

  test('for want of Linux are by choice too', () => {
    const { holes } = participantsOf(read([node('a'), node('k', { labels: { type: 'virtual-kubelet' } })]), undefined);
    expect(holes).toMatchObject([{ what: 'k', isByChoice: true }]);
  });

  test('for want of an InternalIP leave something open, and say what they wait for', () => {
    const taint = 'node.cloudprovider.kubernetes.io/uninitialized';
    const { leftOut, holes, notes } = participantsOf(
      read([
        node('a'),
        node('b', { addresses: { Hostname: 'b' }, taints: [taint] }),
        node('c', { addresses: { Hostname: 'c', ExternalIP: '198.51.100.7' } }),
      ]),
      undefined,
    );
    expect(leftOut).toEqual(['b', 'c']);
    expect(holes).toEqual([
      {
        what: 'everything from and to b',
        why: `it has no InternalIP; its cloud controller has not initialised it (taint ${taint})`,
        node: 'b',
      },
      { what: 'everything from and to c', why: 'it has no InternalIP; only ExternalIP 198.51.100.7', node: 'c' },
    ]);
    expect(notes[0]).toMatch(/^b takes no part: it has no InternalIP/);
  });
});

test('A selection by a word that is no node and no label is a usage error that lists the nodes', () => {
  expect(() => participantsOf(read([node('a'), node('b')]), selection('c'))).toThrow(
    expect.objectContaining({
      code: 'nodes-unknown',
      exitCode: 2,
      message: 'the cluster has no node and no label of nodes called c',
      hint: 'nodes there: a, b; see NETWRIGHT_NODES',
    }),
  );
});

test('A selection of no node is a usage error', () => {
  expect(() => participantsOf(read([node('a')]), selection('role=worker'))).toThrow('selects none of the 1 nodes');
});

test.each<[string, string[], string[]]>([
  ['one public among private ones', ['10.0.0.1', '10.0.0.2', '5.75.10.20'], ['c']],
  ['a CGNAT address among private ones', ['10.0.0.1', '100.64.0.7'], []],
  ['all of them public', ['5.75.10.20', '5.75.10.21'], []],
  ['a unique local address', ['fd00::1', '10.0.0.1'], []],
])('Of the InternalIPs of %s these are named', (_title, addresses, named) => {
  const nodes = addresses.map((address, index) => node('abc'[index] ?? '', { addresses: { InternalIP: address } }));
  expect(participantsOf(read(nodes), undefined).notes).toEqual(
    named.map((name) => `the InternalIP of ${name} is public (${addresses['abc'.indexOf(name)]}), others' are private`),
  );
});

test('A node with room for one probe or none is full, with its numbers', () => {
  const pods = (count: number, nodeName: string): V1Pod[] =>
    Array.from({ length: count }, () => ({ spec: { nodeName, containers: [] } }));
  const { full } = participantsOf(
    read([node('a', { most: '5' }), node('b', { most: '5' }), node('c')], [...pods(3, 'a'), ...pods(4, 'b')]),
    undefined,
  );
  expect([...full]).toEqual([['b', 'b holds 4 of 5 pods']]);
});
