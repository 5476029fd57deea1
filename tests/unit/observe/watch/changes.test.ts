import { describe, expect, test } from 'vitest';
import type { ClusterState } from '../../../../helpers/model/watch.ts';
import { changesBetween } from '../../../../helpers/observe/watch/changes.ts';

const node = { isReady: true, isUnschedulable: false, bootId: '1', kubeletVersion: 'v1.34.4', annotations: {} };
const state = (more: Partial<ClusterState> = {}): ClusterState => ({
  network: 'flannel-vxlan',
  nodes: { a: node },
  pods: { 'kube-system/coredns': { node: 'a', isReady: true } },
  pools: {},
  ...more,
});
const annotated = (annotations: Record<string, string>) => state({ nodes: { a: { ...node, annotations } } });

describe('what changed in a cluster', () => {
  test.each<[what: string, before: ClusterState, after: ClusterState, texts: string[]]>([
    ['nothing', state(), state(), []],
    [
      'the network',
      state(),
      state({ network: 'calico-ipip' }),
      ['the network is calico-ipip in place of flannel-vxlan'],
    ],
    ['a node that joins', state({ nodes: {} }), state(), ['a: joined the cluster']],
    ['a node that leaves', state(), state({ nodes: {} }), ['a: left the cluster']],
    ['a node that is not Ready', state(), state({ nodes: { a: { ...node, isReady: false } } }), ['a: not Ready']],
    ['a node that booted', state(), state({ nodes: { a: { ...node, bootId: '2' } } }), ['a: was started anew']],
    ['a cordon', state(), state({ nodes: { a: { ...node, isUnschedulable: true } } }), ['a: cordoned']],
    [
      'another kubelet',
      state(),
      state({ nodes: { a: { ...node, kubeletVersion: 'v1.35.0' } } }),
      ['a: kubelet v1.35.0 in place of v1.34.4'],
    ],
    [
      "K3s' arguments, which are not told",
      annotated({ 'k3s.io/node-args': 'a secret' }),
      state(),
      ['a: K3s runs with other arguments (k3s.io/node-args)'],
    ],
    ['a pod that is gone', state(), state({ pods: {} }), ['kube-system/coredns: gone on a']],
    [
      'a pool',
      state(),
      state({ pools: { own: '{"cidr":"10.42.0.0/16"}' } }),
      ['IPPool own: made: {"cidr":"10.42.0.0/16"}'],
    ],
    ['a pool that is gone', state({ pools: { own: '{}' } }), state(), ['IPPool own: removed']],
  ])('%s', (_, before, after, texts) => {
    expect(changesBetween(before, after)).toEqual(texts);
  });
});
