import { expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, failing } from '../../../support/cluster.ts';

const asked = (fields: Fields<'http'> = failing('timeout')) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'node-port',
    source: at('runner'),
    destination: at('host', 'a', { ip: '10.0.0.1', port: 31_644, name: 'shop.example' }),
    crosses: { host: 'shop.example', servedFrom: ['b'], size: 'mixed' },
    ...fields,
    asked: { protocol: 'http', host: 'shop.example', path: '/' },
  });
const policy = (labels: Record<string, string> = {}, namespace = 'kube-system') =>
  fact('network-policies', [{ namespace, name: 'intra-namespace', labels }]);
const pod = (more: object = {}) =>
  fact('ingress-pod', {
    namespace: 'kube-system',
    name: 'traefik-1',
    node: 'b',
    ready: true,
    restarts: 0,
    labels: { app: 'traefik' },
    ...more,
  });
const service = fact('ingress-service', {
  namespace: 'kube-system',
  name: 'traefik',
  type: 'LoadBalancer',
  clusterIp: '10.43.0.20',
  selector: { app: 'traefik' },
  ports: [],
  endpoints: [],
});

const named = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(CLUSTER, service, ...observations)
    .filter(({ code }) => code === 'network-policy-denies')
    .map(({ confidence, locations }) => `${confidence} at ${locations[0]?.service}`);

test('an ingress that is silent and whose pods a policy selects may be kept from its clients by that', () => {
  expect(named(asked(), pod(), policy())).toEqual(['candidate at kube-system/traefik']);
  expect(named(asked(), pod(), policy({ app: 'traefik' }))).toEqual(['candidate at kube-system/traefik']);
});

test.each([
  ['no policy selects it', [asked(), pod(), policy({ app: 'coredns' })]],
  ['the policy is of another namespace', [asked(), pod(), policy({}, 'shop')]],
  ['it is on the network of its node, which policies leave alone', [asked(), pod({ hostNetwork: true }), policy()]],
  ['it answers with an error', [asked({ ...failing('http-status'), got: { status: 503 } }), pod(), policy()]],
  ['it answers', [asked({}), pod(), policy()]],
])('an ingress is not kept from its clients by a policy where %s', (_title, observations) => {
  expect(named(observations)).toEqual([]);
});
