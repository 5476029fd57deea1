import { describe, expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, failing, serviceFact } from '../../../support/cluster.ts';

const HOST = 'shop.example';
const lost = probeOf('http', {
  suite: 'ingress',
  role: 'worker',
  source: at('runner'),
  destination: at('host', 'a', { ip: '10.0.0.1', port: 80, name: HOST }),
  crosses: { host: HOST, servedFrom: ['a'], service: 'shop/api', size: 'mixed' },
  ...failing('http-status'),
  got: { status: 404 },
  asked: { protocol: 'http', host: HOST, path: '/' },
});

const ingress = (name: string, className: string, host: string) =>
  fact('ingress', {
    namespace: 'shop',
    name,
    className,
    rules: [{ host, path: '/', service: 'api', servicePort: 80 }],
    tlsHosts: [],
  });
const classes = fact('ingress-classes', [{ name: 'nginx', controller: 'k8s.io/ingress-nginx' }]);

test('an Ingress of a class that is not there is named also beside one that is for every host', () => {
  const given = [classes, serviceFact(['a']), ingress('all', 'nginx', ''), ingress('web', 'gone', HOST), lost];
  const found = diagnosed(CLUSTER, ...given).find(({ code }) => code === 'ingress-not-routed');
  expect(found?.evidence.map(({ text }) => text)).toContain('its Ingress has the class gone, which does not exist');
});

describe("Netwright's own Ingress, which a controller in the pod network does not know,", () => {
  const own = serviceFact(['a', 'b'], { isOwn: true });
  const unknown = probeOf('http', { ...lost, crosses: { ...lost.crosses, pods: ['a'] } });
  const direct = probeOf('http', {
    suite: 'cluster-ip',
    role: 'endpoint',
    source: at('pod', 'b'),
    destination: at('pod', 'a', { ip: '10.42.1.10', port: 8080, name: 'shop/api' }),
    got: { status: 200 },
    asked: { protocol: 'http', path: '/' },
  });
  const byService = (network: 'pod' | 'host', fields: Fields<'http'> = {}) =>
    probeOf('http', {
      suite: 'cluster-ip',
      role: 'service',
      source: at(network, 'a'),
      destination: at('pod', undefined, { ip: '10.43.0.10', port: 80, name: 'shop/api' }),
      asked: { protocol: 'http', path: '/' },
      ...fields,
    });
  const named = (...more: Parameters<typeof diagnosed>) =>
    diagnosed(CLUSTER, own, ingress('web', 'nginx', HOST), unknown, direct, ...more)
      .filter(({ code }) => code === 'ingress-not-routed')
      .map(({ confidence }) => confidence);

  test('is not proved to be wrong where pods of its node reach no Service, whatever the node reaches', () => {
    expect(named(byService('pod', failing('timeout')), byService('host'))).not.toContain('proved');
  });

  test('is wrong where they do', () => {
    expect(named(byService('pod'), byService('host'))).toEqual(['proved']);
  });
});
