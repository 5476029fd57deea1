import type { V1LabelSelector, V1NetworkPolicy, V1NetworkPolicyIngressRule, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { withGuards } from '../../../../helpers/cluster/policies/guards.ts';
import { fromKubernetes } from '../../../../helpers/cluster/policies/kubernetes.ts';
import { isSelected } from '../../../../helpers/cluster/policies/label-selection.ts';
import { serviceOn } from '../../observe/support/run-context.ts';

const pod: V1Pod = { metadata: { namespace: 'shop', name: 'web-0', labels: { app: 'web' } } };
const nodes = [{ podCidrs: ['10.42.0.0/24', 'fd00:42::/64'] }];
const policy = (ingress: V1NetworkPolicyIngressRule[], podSelector: V1LabelSelector = {}): V1NetworkPolicy => ({
  metadata: { namespace: 'shop', name: 'some' },
  spec: { podSelector, policyTypes: ['Ingress'], ingress },
});
const guards = (policies: V1NetworkPolicy[], own = pod) =>
  withGuards([serviceOn([0])], policies.map(fromKubernetes), [own], nodes)[0]?.guardedBy ?? [];

const FRONT = { namespaceSelector: { matchLabels: { team: 'front' } } };
const rules: [string, V1NetworkPolicyIngressRule[]][] = [
  ['pods of a namespace', [{ _from: [FRONT] }]],
  ['pods of its own namespace', [{ _from: [{ podSelector: {} }] }]],
  ['the nodes', [{ _from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }]],
  ['all but pods', [{ _from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.42.0.0/16'] } }] }]],
  ['everybody at another port', [{ ports: [{ port: 9090 }] }]],
  ['everybody at that port of UDP', [{ ports: [{ port: 8080, protocol: 'UDP' }] }]],
  [
    'namespaces with a label',
    [{ _from: [{ namespaceSelector: { matchExpressions: [{ key: 'x', operator: 'Exists' }] } }] }],
  ],
];
const open: [string, V1NetworkPolicyIngressRule[]][] = [
  ['nobody', []],
  ['everybody', [{}]],
  ['every namespace', [{ _from: [{ namespaceSelector: {} }] }]],
  ['every address', [{ _from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]],
  ['the range of pods', [{ _from: [FRONT, { ipBlock: { cidr: '10.42.0.0/16' } }] }]],
  ['everybody at a range with its port', [{ ports: [{ port: 8000, endPort: 8999 }] }]],
  [
    'namespaces without a label',
    [{ _from: [{ namespaceSelector: { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] } }] }],
  ],
];

test.each(rules)('a Service that lets in %s alone is guarded from the probes', (_, ingress) => {
  expect(guards([policy(ingress), policy([])])).toEqual(['some']);
});

test.each(open)('a Service that lets in %s is not', (_, ingress) => {
  expect(guards([policy(ingress)])).toEqual([]);
});

test('policies of egress, of other pods or namespaces do not guard it, nor any pods on their node’s network', () => {
  const front = [{ _from: [FRONT] }];
  const egress = { metadata: { namespace: 'shop', name: 'out' }, spec: { podSelector: {}, policyTypes: ['Egress'] } };
  const elsewhere = { metadata: { namespace: 'other', name: 'some' }, spec: policy(front).spec };
  expect(guards([egress, elsewhere, policy(front, { matchLabels: { app: 'api' } })])).toEqual([]);
  expect(guards([policy(front)], { metadata: pod.metadata, spec: { containers: [], hostNetwork: true } })).toEqual([]);
});

test('a Service is guarded at those ports alone that its policies keep from the probes', () => {
  const ports = [
    { name: 'http', protocol: 'TCP' as const, port: 80, targetPort: '8080' },
    { name: 'metrics', protocol: 'TCP' as const, port: 9153, targetPort: '9153' },
  ];
  const service = serviceOn([0], { ports });
  const endpoints = service.endpoints.map((each) => ({ ...each, ports: { http: 8080, metrics: 9153 } }));
  // As hardening guides write of DNS: all ports for the namespace's own pods, that of the protocol for everybody.
  const all = [policy([{ _from: [{ podSelector: {} }] }]), policy([{ ports: [{ port: 8080 }] }])];
  const [guarded] = withGuards([{ ...service, endpoints }], all.map(fromKubernetes), [pod], nodes);
  expect(guarded?.ports.map(({ guardedBy }) => guardedBy)).toEqual([undefined, ['some']]);
  expect(guarded?.guardedBy).toEqual(['some']);
});

test.each([
  ['In', ['web', 'api'], true],
  ['NotIn', ['web'], false],
  ['NotIn', ['api'], true],
] as const)('labels are selected by the operator %s %s as the API server has it', (operator, values, is) => {
  expect(isSelected({ matchExpressions: [{ key: 'app', operator, values: [...values] }] }, { app: 'web' })).toBe(is);
});
