import { expect, test } from 'vitest';
import { fromCalico } from '../../../../helpers/cluster/policies/calico.ts';
import { fromCilium } from '../../../../helpers/cluster/policies/cilium.ts';
import { enforced, enginesOf } from '../../../../helpers/cluster/policies/engines.ts';
import { fromKubernetes } from '../../../../helpers/cluster/policies/kubernetes.ts';

const agent = (app: string) => ({ metadata: { labels: { 'k8s-app': app } } });

test.each([
  ['calico-ipip', [], ['calico']],
  ['cilium', [], ['cilium']],
  ['flannel-vxlan', [agent('canal'), agent('canal')], ['calico']],
  ['unknown', [agent('calico-node')], ['calico']],
  ['unknown', [agent('cilium')], ['cilium']],
  ['flannel-vxlan', [agent('kube-dns')], []],
] as const)('on %s the policies of its own agents are enforced', (overlay, pods, expected) => {
  expect(enginesOf(overlay, pods)).toEqual(expected);
});

test('policies that a plugin left behind which was removed hold nowhere', () => {
  const policies = [
    fromKubernetes({ metadata: { namespace: 'shop', name: 'own' }, spec: { podSelector: {} } }),
    ...fromCalico('GlobalNetworkPolicy', { metadata: { name: 'left' }, spec: {} }),
    ...fromCilium('CiliumNetworkPolicy', { metadata: { name: 'left' }, spec: { endpointSelector: {} } }),
  ];
  const names = (engines: Parameters<typeof enforced>[1]) => enforced(policies, engines).map(({ kind }) => kind);
  expect([names([]), names(['calico'])]).toEqual([['NetworkPolicy'], ['NetworkPolicy', 'GlobalNetworkPolicy']]);
});
