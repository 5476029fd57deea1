import { expect, test } from 'vitest';
import { fromCalico, type CalicoPolicy } from '../../../../helpers/cluster/policies/calico.ts';
import { isLetThrough } from '../../../../helpers/cluster/policies/decide.ts';
import { closingOf, probePods } from '../../../../helpers/cluster/policies/guards.ts';
import { fromKubernetes } from '../../../../helpers/cluster/policies/kubernetes.ts';
import { namespaceNamed } from '../../../../helpers/cluster/policies/label-selection.ts';
import type { PodIdentity } from '../../../../helpers/cluster/policies/policy.ts';
import { openPolicy } from '../../../../helpers/probe/policies.ts';

const web: PodIdentity = {
  namespace: 'shop',
  labels: { app: 'web' },
  namespaceLabels: namespaceNamed('shop'),
  ranges: [],
};
const probes = probePods([{ podCidrs: ['10.42.0.0/24'] }]);
const port = { number: 8080, protocol: 'TCP' };

const global = (spec: CalicoPolicy['spec'], name = 'some') =>
  fromCalico('GlobalNetworkPolicy', { metadata: { name }, spec });
const inShop = (spec: CalicoPolicy['spec']) =>
  fromCalico('Calico NetworkPolicy', { metadata: { name: 'own', namespace: 'shop' }, spec });
const letIn = (policies: ReturnType<typeof global>, pod = web) =>
  isLetThrough(policies, { pod, way: 'ingress', peer: probes, port });

// As Calico's documents write the policy that denies all but the system's own pods.
const DENY_ALL = {
  namespaceSelector: 'has(projectcalico.org/name) && projectcalico.org/name not in {"kube-system", "calico-system"}',
  types: ['Ingress', 'Egress'],
};

test('a policy that denies by default shuts the pods of every namespace that it does not leave out', () => {
  expect(letIn(global(DENY_ALL))).toBe(false);
  const dns = { ...web, namespace: 'kube-system', namespaceLabels: namespaceNamed('kube-system') };
  expect(letIn(global(DENY_ALL), dns)).toBe(true);
});

test('what such a policy shuts a NetworkPolicy of the run’s own opens again', () => {
  const own = probePods([], 'netwright-1', { 'netwright/run': '1', 'netwright/network': 'pod' });
  const opened = [...global(DENY_ALL), fromKubernetes(openPolicy('1'))];
  expect(closingOf(global(DENY_ALL), own).narrowing).toEqual(['GlobalNetworkPolicy some']);
  expect(isLetThrough(opened, { pod: own, way: 'ingress', peer: own })).toBe(true);
  expect(closingOf(opened, own)).toEqual({ narrowing: [], shutting: [] });
});

test.each([
  ['before', 100, false],
  ['after', 2000, true],
] as const)('a rule that denies %s it is asked decides by its order', (_, order, isOpen) => {
  const own = probePods([], 'netwright-1', { 'netwright/run': '1', 'netwright/network': 'pod' });
  const denying = global({ order, selector: 'all()', ingress: [{ action: 'Deny' }] });
  const all = [...denying, fromKubernetes(openPolicy('1'))];
  expect(isLetThrough(all, { pod: own, way: 'ingress', peer: own })).toBe(isOpen);
});

test.each<[string, NonNullable<NonNullable<CalicoPolicy['spec']>['ingress']>, boolean | undefined]>([
  ['everybody', [{ action: 'Allow' }], true],
  ['everybody at its port', [{ action: 'Allow', protocol: 'TCP', destination: { ports: [8080] } }], true],
  ['everybody at a range with it', [{ action: 'Allow', protocol: 'TCP', destination: { ports: ['8000:8999'] } }], true],
  ['everybody at another port', [{ action: 'Allow', protocol: 'TCP', destination: { ports: [9090] } }], false],
  ['everybody at a port by its name', [{ action: 'Allow', destination: { ports: ['http'] } }], undefined],
  ['everybody by UDP', [{ action: 'Allow', protocol: 'UDP' }], false],
  ['pods of its own namespace', [{ action: 'Allow', source: { selector: 'all()' } }], false],
  ['a namespace', [{ action: 'Allow', source: { namespaceSelector: "projectcalico.org/name == 'front'" } }], false],
  ['all namespaces', [{ action: 'Allow', source: { namespaceSelector: 'all()' } }], true],
  [
    'what has a role',
    [{ action: 'Allow', source: { selector: "role == 'front'", namespaceSelector: 'all()' } }],
    false,
  ],
  ['the range of pods', [{ action: 'Allow', source: { nets: ['10.42.0.0/16'] } }], true],
  ['all but that', [{ action: 'Allow', source: { notNets: ['10.42.0.0/16'] } }], false],
  ['an account of services', [{ action: 'Allow', source: { serviceAccounts: { names: ['x'] } } }], undefined],
  [
    'others than it denies',
    [{ action: 'Deny', source: { namespaceSelector: '!has(team)' } }, { action: 'Allow' }],
    false,
  ],
  ['nobody, and it logs that', [{ action: 'Log' }], false],
])('a policy of its own that lets in %s lets the probes in: as it says', (_, ingress, expected) => {
  expect(letIn(inShop({ selector: "app == 'web'", ingress }))).toBe(expected);
});

test.each([
  ["app == 'web' && has(app) && !has(role)", true],
  ["app in {'api','web'} || role == 'x'", true],
  ["app not in { 'api' } && (role != 'x')", true],
  ["projectcalico.org/namespace == 'shop'", true],
  ["app starts with 'we' && app ends with 'b' && app contains 'e'", true],
  ["!(app == 'web')", false],
  ["app == 'api'", false],
  ['global()', false],
  ["projectcalico.org/serviceaccount == 'x'", undefined],
  ['app ==', undefined],
])('the selector %s selects a pod with app=web, or does not, as Calico has it', (selector, expected) => {
  expect(global({ selector })[0]?.selects(web)).toBe(expected);
});

test('labels of a namespace that were not read leave open whether it is selected', () => {
  expect(global({ namespaceSelector: "team == 'front'" })[0]?.selects(web)).toBe(undefined);
});

test('policies for nodes alone say nothing of pods', () => {
  expect(global({ preDNAT: true, selector: 'all()' })).toEqual([]);
});

test('a rule that denies names alone shuts no pod, and what it passes on is decided elsewhere', () => {
  const own = probePods([], 'netwright-1', { 'netwright/run': '1', 'netwright/network': 'pod' });
  const noDns = global({
    order: 10,
    types: ['Egress'],
    egress: [{ action: 'Deny', protocol: 'UDP', destination: { ports: [53] } }, { action: 'Pass' }],
  });
  const asked = (at?: { number: number; protocol: string }) =>
    isLetThrough(noDns, { pod: own, way: 'egress', peer: own, ...(at && { port: at }) });
  expect([asked(), asked({ number: 53, protocol: 'UDP' }), asked({ number: 8080, protocol: 'TCP' })]).toEqual([
    undefined,
    false,
    true,
  ]);
});
