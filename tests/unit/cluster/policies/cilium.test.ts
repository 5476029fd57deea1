import { expect, test } from 'vitest';
import { fromCilium, type CiliumPolicy } from '../../../../helpers/cluster/policies/cilium.ts';
import { isLetThrough } from '../../../../helpers/cluster/policies/decide.ts';
import { probePods } from '../../../../helpers/cluster/policies/guards.ts';
import { fromKubernetes } from '../../../../helpers/cluster/policies/kubernetes.ts';
import { namespaceNamed } from '../../../../helpers/cluster/policies/label-selection.ts';
import type { PodIdentity } from '../../../../helpers/cluster/policies/policy.ts';

type Spec = NonNullable<CiliumPolicy['spec']>;

const web: PodIdentity = {
  namespace: 'shop',
  labels: { app: 'web' },
  namespaceLabels: namespaceNamed('shop'),
  ranges: [],
};
const peer = probePods([{ podCidrs: ['10.42.0.0/24'] }]);
const own = (spec: Spec) => fromCilium('CiliumNetworkPolicy', { metadata: { name: 'own', namespace: 'shop' }, spec });
const clusterwide = (spec: Spec) => fromCilium('CiliumClusterwideNetworkPolicy', { metadata: { name: 'all' }, spec });
const letIn = (policies: ReturnType<typeof own>, pod = web) =>
  isLetThrough(policies, { pod, way: 'ingress', peer, port: { number: 8080, protocol: 'TCP' } });
const OF_WEB = { endpointSelector: { matchLabels: { app: 'web' } } };

test.each<[string, Spec, boolean | undefined]>([
  ['has no rules for what comes in', {}, true],
  ['has an empty list of them', { ingress: [] }, true],
  ['has a rule without anything', { ingress: [{}] }, false],
  ['lets in pods of its own namespace', { ingress: [{ fromEndpoints: [{}] }] }, false],
  ['lets in the cluster', { ingress: [{ fromEntities: ['cluster'] }] }, true],
  ['lets in nodes', { ingress: [{ fromEntities: ['host', 'remote-node'] }] }, false],
  [
    'lets in another namespace',
    { ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'front' } }] }] },
    false,
  ],
  ['lets in everybody at its port', { ingress: [{ toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }] }, true],
  ['lets in everybody at another', { ingress: [{ toPorts: [{ ports: [{ port: '9090' }] }] }] }, false],
  ['lets in addresses, which are never pods', { ingress: [{ fromCIDR: ['10.0.0.0/8'] }] }, false],
  [
    'denies the cluster, and allows all',
    { ingress: [{ fromEntities: ['all'] }], ingressDeny: [{ fromEntities: ['cluster'] }] },
    false,
  ],
  [
    'isolates nobody by default',
    { enableDefaultDeny: { ingress: false }, ingress: [{ fromEntities: ['host'] }] },
    true,
  ],
])('a policy of Cilium that %s lets the probes in as Cilium has it', (_, spec, expected) => {
  expect(letIn(own({ ...OF_WEB, ...spec }))).toBe(expected);
});

test('a policy of the whole cluster selects pods by their namespace', () => {
  const notSystem = { key: 'io.kubernetes.pod.namespace', operator: 'NotIn', values: ['kube-system'] };
  const all = clusterwide({ endpointSelector: { matchExpressions: [notSystem] }, ingress: [{}] });
  expect(letIn(all)).toBe(false);
  expect(letIn(all, { ...web, namespace: 'kube-system' })).toBe(true);
});

test('what one policy allows another does not take away, unless it denies', () => {
  const open = fromKubernetes({
    metadata: { namespace: 'shop', name: 'open' },
    spec: { podSelector: {}, ingress: [{}] },
  });
  expect(letIn([...own({ ...OF_WEB, ingress: [{}] }), open])).toBe(true);
  expect(letIn([...own({ ...OF_WEB, ingressDeny: [{ fromEntities: ['all'] }] }), open])).toBe(false);
});

test('policies for nodes say nothing of pods', () => {
  expect(clusterwide({ nodeSelector: {}, ingress: [{}] })).toEqual([]);
});
