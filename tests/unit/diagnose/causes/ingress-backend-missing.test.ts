import { describe, expect, test } from 'vitest';
import type { IngressInfo, ServiceInfo } from '../../../../helpers/model/topology.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, failing, serviceFact } from '../../../support/cluster.ts';

const HOST = 'shop.example';
const hostAnswers = (fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'worker',
    source: at('runner'),
    destination: at('host', 'a', { ip: '10.0.0.1', port: 80, name: HOST }),
    crosses: { host: HOST, servedFrom: ['a'], size: 'mixed' },
    ...fields,
    asked: { protocol: 'http', host: HOST, path: '/' },
  });
const answered = (status: number) => hostAnswers({ ...failing('http-status'), got: { status } });

const rule = (over: Partial<IngressInfo['rules'][number]> = {}, name = 'web', className = 'nginx') =>
  fact('ingress', {
    namespace: 'shop',
    name,
    className,
    rules: [{ host: HOST, path: '/', service: 'api', servicePort: 80, ...over }],
    tlsHosts: [],
  });
const service = (over: Partial<ServiceInfo> = {}) => serviceFact(['a'], over);

const named = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(CLUSTER, ...observations)
    .filter(({ code }) => code === 'ingress-backend-missing')
    .map(
      ({ confidence, evidence }) =>
        `${confidence}: ${evidence.find(({ text }) => text.startsWith('the Ingress'))?.text}`,
    );

describe('an Ingress whose host is answered with an error', () => {
  test.each([503, 404])('(%i) leads to a Service that is not there', (status) => {
    expect(named(rule({ service: 'gone', lacks: 'service' }), service(), answered(status))).toEqual([
      'proved: the Ingress shop/web leads to the Service shop/gone, which is not there',
    ]);
  });

  test.each([
    ['number', 8081],
    ['name', 'admin'],
  ])('leads to a port that its Service does not have, by %s', (_title, servicePort) => {
    expect(named(rule({ servicePort, lacks: 'port' }), service(), answered(503))).toEqual([
      `proved: the Ingress shop/web leads to port ${servicePort} of the Service shop/api, which has 80`,
    ]);
  });

  test('has another trouble where nothing says that its backend is not there', () => {
    expect(named(rule({ service: 'gone' }), answered(503))).toEqual([]);
  });
});

test('an Ingress whose host is answered well is not looked into', () => {
  expect(named(rule({ service: 'gone', lacks: 'service' }), service(), hostAnswers())).toEqual([]);
});

test('a host that is not answered at all is not blamed on its Ingress', () => {
  expect(named(rule({ service: 'gone', lacks: 'service' }), service(), hostAnswers(failing('timeout')))).toEqual([]);
});

describe('an error that is not for want of a backend', () => {
  const lacking = rule({ service: 'gone', lacks: 'service' });

  test('is that of one way in, where another serves the host', () => {
    expect(named(lacking, answered(503), hostAnswers({ source: at('runner') }))).toEqual([]);
  });

  test('is that of an Ingress beside an old one of the same path, which alone lacks its Service', () => {
    expect(named(lacking, rule({}, 'successor'), service(), answered(503))).toEqual([]);
  });

  test('is that of a Service that is there and has no endpoint', () => {
    expect(named(rule(), serviceFact([]), answered(503))).toEqual([]);
  });

  test('is that of a class that nobody serves, as another that is routed shows', () => {
    const other = 'other.example';
    const served = hostAnswers({ destination: at('host', 'a', { ip: '10.0.0.1', port: 80, name: other }) });
    const foreign = rule({ service: 'gone', lacks: 'service' }, 'web', 'foreign');
    expect(named(foreign, rule({ host: other }, 'other'), service(), served, answered(404))).toEqual([]);
    expect(named(lacking, rule({ host: other }, 'other'), service(), served, answered(404))).toHaveLength(1);
  });

  test('is that of another path of the host', () => {
    const old = rule({ path: '/old', service: 'gone', lacks: 'service' }, 'old');
    expect(named(rule(), old, service(), answered(503))).toEqual([]);
  });
});
