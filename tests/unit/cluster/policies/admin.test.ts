import { expect, test } from 'vitest';
import { fromAdmin, type AdminPolicy } from '../../../../helpers/cluster/policies/admin.ts';
import { isLetThrough } from '../../../../helpers/cluster/policies/decide.ts';
import { probePods } from '../../../../helpers/cluster/policies/guards.ts';
import { fromKubernetes } from '../../../../helpers/cluster/policies/kubernetes.ts';
import { namespaceNamed } from '../../../../helpers/cluster/policies/label-selection.ts';
import type { PodPolicy } from '../../../../helpers/cluster/policies/policy.ts';

const web = { namespace: 'shop', labels: {}, namespaceLabels: namespaceNamed('shop'), ranges: [] };
const EVERY = { namespaces: {} };
const letIn = (policies: readonly PodPolicy[]) =>
  isLetThrough(policies, {
    pod: web,
    way: 'ingress',
    peer: probePods([]),
    port: { number: 8080, protocol: 'TCP' },
  });
const admin = (action: string, priority?: number, more: NonNullable<AdminPolicy['spec']>['ingress'] = []) =>
  fromAdmin('AdminNetworkPolicy', {
    metadata: { name: 'some' },
    spec: {
      ...(priority !== undefined && { priority }),
      subject: EVERY,
      ingress: [{ action, from: [EVERY] }, ...more],
    },
  });
const ofShop = (ingress: object[]) =>
  fromKubernetes({ metadata: { namespace: 'shop', name: 'own' }, spec: { podSelector: {}, ingress } });

test('what an administrator denies no policy of a namespace allows', () => {
  expect(letIn([...admin('Deny', 5), ofShop([{}])])).toBe(false);
});

test('what an administrator allows no policy of a namespace denies', () => {
  expect(letIn([...admin('Allow', 5), ofShop([])])).toBe(true);
});

test('what an administrator passes on is decided by the policies of the namespace', () => {
  expect([
    letIn([...admin('Pass', 1), ofShop([])]),
    letIn([...admin('Pass', 1), ...admin('Deny', 2), ofShop([{}])]),
  ]).toEqual([false, true]);
});

test('the baseline decides where no policy of a namespace does', () => {
  expect([
    letIn(admin('Deny')),
    letIn([...admin('Deny'), ofShop([{}])]),
    letIn([...admin('Allow'), ofShop([])]),
  ]).toEqual([false, true, false]);
});

test('of two policies the one of the lower priority decides', () => {
  expect(letIn([...admin('Deny', 9), ...admin('Allow', 3)])).toBe(true);
});
