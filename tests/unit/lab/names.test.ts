import { describe, expect, it } from 'vitest';
import { isNamespaceOf } from '../../../lab/down.ts';
import { checkLabName, debianLibraries } from '../../../lab/paths.ts';
import { controlPlanesOf, nodesOf, parseTopology } from '../../../lab/topology.ts';
import { ingressNodesOf } from '../../../lab/workloads/placement.ts';

describe('libraries of packages that were unpacked', () => {
  it.each([
    ['x64', '/root/usr/lib/x86_64-linux-gnu'],
    ['arm64', '/root/usr/lib/aarch64-linux-gnu'],
  ] as const)('are found on %s in %s', (arch, path) => {
    expect(debianLibraries('/root', arch)).toBe(path);
  });

  it('are found on this machine by default', () => {
    expect(debianLibraries('/root')).toBe(debianLibraries('/root', process.arch));
  });
});

describe('the name of a lab', () => {
  it.each(['', 'Demo', '2nd', '-a', 'a/b', '../x', 'a b', 'x'.repeat(31)])('is refused when it is %j', (name) => {
    expect(() => checkLabName(name)).toThrow(`"${name}" cannot name a lab`);
  });

  it.each([
    ['demo', 'demo-fabric', true],
    ['demo', 'demo-k3s-worker-12', true],
    ['demo', 'demo-k3s-worker-12.rack-07.corp.internal', true],
    ['demo', 'demo-2-fabric', false],
    ['demo', 'demo-k3s-fabric', false],
    ['demo-k3s', 'demo-k3s-master-01', false],
    ['demo-2', 'demo-fabric', false],
    ['demo', 'demo-mine', false],
  ])('%s has the namespace %s: %s', (lab, namespace, own) => {
    expect(isNamespaceOf(lab, namespace)).toBe(own);
  });
});

describe('a topology', () => {
  it.each(['', '0', '121', '-1', '2.5', 'Small', '1e2'])('is refused when it is %j', (text) => {
    expect(() => parseTopology(text)).toThrow(`"${text}" is no topology`);
  });

  it.each([
    ['small', 3, 2],
    ['incident', 3, 5],
    ['3', 3, 0],
    ['5', 3, 2],
  ] as const)('%s whose servers are three has %i servers and %i agents', (text, servers, agents) => {
    const nodes = nodesOf(parseTopology(text), 3);
    expect(controlPlanesOf(nodes, 3).map(({ name }) => name)).toEqual([
      'k3s-master-01',
      'k3s-master-02',
      'k3s-master-03',
    ]);
    expect(nodes).toHaveLength(servers + agents);
  });

  it('of two nodes has no room for three servers', () => {
    expect(() => nodesOf(2, 3)).toThrow('2 nodes have no room for 3 servers');
  });

  it.each([
    [1, ['k3s-master-01']],
    [3, ['k3s-worker-01', 'k3s-worker-02']],
  ])('of %i nodes serves its ingress at %j', (count, names) => {
    expect(ingressNodesOf(nodesOf(count)).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['small', 1, 2],
    ['incident', 3, 5],
    ['1', 1, 0],
    ['120', 1, 119],
  ] as const)('%s has %i servers and %i agents, each with an address of its own', (text, servers, agents) => {
    const nodes = nodesOf(parseTopology(text));
    expect([
      nodes.filter(({ role }) => role === 'server').length,
      nodes.filter(({ role }) => role === 'agent').length,
    ]).toEqual([servers, agents]);
    expect(new Set(nodes.map(({ address }) => address)).size).toBe(servers + agents);
  });
});
