import type { V1Ingress, V1Service } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { inScope, type Scope } from '../../../helpers/cluster/scope.ts';

const OURS = { 'app.kubernetes.io/managed-by': 'netwright' };

const service = (namespace: string, name: string, labels = {}): V1Service => ({
  metadata: { namespace, name, labels },
});
const ingress = (namespace: string, name: string, labels = {}): V1Ingress => ({
  metadata: { namespace, name, labels },
  spec: {
    rules: [{ host: `${name}.example`, http: { paths: [{ pathType: 'Prefix', backend: { service: { name } } }] } }],
  },
});

const services = [
  service('default', 'kubernetes'),
  service('shop', 'web'),
  service('shop', 'store'),
  service('blog', 'page'),
  service('blog', 'store'),
  service('netwright-before', 'canary', OURS),
];
const ingresses = [
  ingress('shop', 'web'),
  ingress('blog', 'page'),
  ingress('blog', 'gone'),
  ingress('netwright-before', 'canary', OURS),
];

const namesIn = (scope: Scope) => {
  const found = inScope({ services, ingresses }, scope);
  const names = (list: readonly (V1Service | V1Ingress)[]) =>
    list.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`).join(' ');
  return [names(found.services), names(found.ingresses)];
};

describe('what a run looks at', () => {
  test.each<[string, Scope, string, string]>([
    ['is what is in its namespaces', { namespaces: ['shop'] }, 'shop/web shop/store', 'shop/web'],
    [
      'is what is in all namespaces, but of earlier runs',
      { namespaces: ['*'] },
      'default/kubernetes shop/web shop/store blog/page blog/store',
      'shop/web blog/page blog/gone',
    ],
    [
      'is all hosts and what stands behind them where none is named',
      { namespaces: ['none'], allIngresses: true },
      'shop/web blog/page',
      'shop/web blog/page blog/gone',
    ],
    [
      "is the API server's Service where none is named",
      { namespaces: ['none'], withApiServer: true },
      'default/kubernetes',
      '',
    ],
    [
      'is its own of this run',
      { namespaces: ['netwright-before'], allIngresses: true },
      'shop/web blog/page netwright-before/canary',
      'shop/web blog/page blog/gone netwright-before/canary',
    ],
  ])('%s', (_, scope, expectedServices, expectedIngresses) => {
    expect(namesIn(scope)).toEqual([expectedServices, expectedIngresses]);
  });
});
