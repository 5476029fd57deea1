import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, failing, fact, found, podToPod, serviceFact } from '../../../support/cluster.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';

const CODE = 'network-policy-denies';
const policies = fact('network-policies', [{ namespace: 'shop', name: 'front-only', labels: {} }]);
const service = (guardedBy?: string[]) => serviceFact(['a'], { guardedBy });
const REFUSED = { ...failing('refused'), verdict: 'evidence' } as const;

/** The endpoint by its own address: its node's host reaches it, and pods fare as said. */
const endpoint = (fields: Fields<'tcp'>) =>
  [at('host', 'a'), at('pod', 'a'), at('pod', 'b')].map((source) =>
    probeOf('tcp', {
      role: 'endpoint',
      source,
      destination: at('pod', 'a', { ip: '10.42.1.10', port: 8080, name: 'shop/api' }),
      crosses: { service: 'shop/api', size: 'small' },
      ...(source.network === 'pod' ? fields : {}),
    }),
  );
const ingress = (fields: Fields<'http'>) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'worker',
    source: at('runner'),
    destination: at('host', 'b', { ip: '10.0.0.2', port: 80, name: 'shop.example' }),
    crosses: { host: 'shop.example', service: 'shop/api', servedFrom: ['b'], size: 'mixed' },
    ...fields,
    asked: { protocol: 'http', host: 'shop.example', path: '/' },
  });
const beside = podToPod('b', 'a', { role: 'tcp-small' });
const unreached = ingress({ ...failing('http-status'), got: { status: 504 } });

test('policies that let in others than the probes are no finding while those whom they let in are served', () => {
  expect(found(CODE, CLUSTER, service(['front-only']), policies, beside, endpoint(REFUSED), ingress({}))).toEqual([]);
});

test('they may be what keeps out an ingress that gets no answer either', () => {
  expect(found(CODE, CLUSTER, service(['front-only']), policies, beside, endpoint(REFUSED), unreached)).toEqual([
    'candidate at shop/api',
  ]);
  expect(found(CODE, CLUSTER, service(['front-only']), policies, beside, endpoint({}), unreached)).toEqual([]);
});

test('policies that let nobody in are proved as before', () => {
  const refused = failing('refused');
  expect(found(CODE, CLUSTER, service(), policies, beside, endpoint(refused))).toEqual(['proved at shop/api']);
});

test('a policy of the whole cluster that shuts the pods is proved, named, and looked for where it is', () => {
  const global = fact('network-policies', [{ kind: 'GlobalNetworkPolicy', name: 'default-deny', labels: {} }]);
  const silent = endpoint(failing('timeout'));
  const shut = serviceFact(['a'], { shutBy: ['GlobalNetworkPolicy default-deny'] });
  const [finding] = diagnosed(CLUSTER, shut, global, beside, silent).filter(({ code }) => code === CODE);
  expect(finding).toMatchObject({
    confidence: 'proved',
    evidence: [{ text: expect.stringContaining('the policy GlobalNetworkPolicy default-deny lets nobody in') }],
    verify: expect.stringContaining('globalnetworkpolicies.crd.projectcalico.org'),
  });
});

test('a policy of another kind of which it is not known what it selects proves nothing', () => {
  const global = fact('network-policies', [{ kind: 'GlobalNetworkPolicy', name: 'default-deny', labels: {} }]);
  expect(found(CODE, CLUSTER, service(), global, beside, endpoint(failing('timeout')))).toEqual([
    'candidate at shop/api',
  ]);
});
