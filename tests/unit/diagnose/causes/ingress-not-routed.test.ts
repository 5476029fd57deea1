import { expect, test } from 'vitest';
import { at, probeOf } from '../../../support/observations.ts';
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
