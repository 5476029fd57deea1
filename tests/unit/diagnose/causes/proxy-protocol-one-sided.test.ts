import { describe, expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing } from '../../../support/cluster.ts';

const HOST = 'shop.example';
const BAD = '<html> <head><title>400 Bad Request</title></head>';

type Hop = 'load-balancer' | 'worker';
interface Asking {
  protocol?: 'http' | 'https';
  header?: true;
}

const by = (role: Hop, { protocol = 'http', header }: Asking, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role,
    source: at('runner'),
    destination: at('host', role === 'worker' ? 'a' : undefined, { ip: '10.0.0.9', port: 80, name: HOST }),
    crosses: { host: HOST, size: 'mixed' },
    ...fields,
    asked: { protocol, host: HOST, path: '/', ...(header && { proxyProtocol: header }) },
  });

const badRequest = (bodyHead = BAD) => ({ ...failing('http-status'), got: { status: 400, bodyHead } });
const evidence = (fields: Fields<'http'>) => ({ ...fields, verdict: 'evidence' as const });
const read = evidence({ got: { status: 200 } });

const named = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(CLUSTER, ...observations)
    .filter(({ code }) => code === 'proxy-protocol-one-sided')
    .map(({ confidence, title }) => `${confidence}: ${title}`);

describe('a load balancer that cuts connections off', () => {
  const cut = by('load-balancer', {}, failing('reset'));

  test('sends no header to an ingress that answers through it to one of ours, and elsewhere to such alone', () => {
    expect(named(cut, by('load-balancer', { header: true }, read), by('worker', { header: true }))).toEqual([
      `proved: the load balancer sends no PROXY protocol header, and the ingress expects one: ${HOST}`,
    ]);
  });

  test('may want a header itself where the ingress is not asked by other ways', () => {
    expect(named(cut, by('load-balancer', { header: true }, read))[0]).toMatch(/^candidate/);
  });

  test('wants one itself where the ingress answers others without', () => {
    expect(named(cut, by('load-balancer', { header: true }, read), by('worker', {}))).toEqual([]);
  });

  test('is broken otherwise where a header of ours changes nothing', () => {
    const again = by('load-balancer', { header: true }, evidence(failing('reset')));
    expect(named(cut, again, by('worker', { header: true }))).toEqual([]);
  });
});

describe('a load balancer through which the ingress cannot read what came', () => {
  const control = by('worker', { header: true }, evidence(badRequest()));
  const spoiled = by('load-balancer', {}, badRequest());
  const noTls = by('load-balancer', { protocol: 'https' }, failing('tls'));

  test('sends a header where one of ours gets the very same answer by a way that is served without', () => {
    expect(named(spoiled, noTls, by('worker', {}), control)).toEqual([
      `proved: the load balancer sends a PROXY protocol header, and the ingress expects none: ${HOST}`,
    ]);
  });

  test('may encrypt to a port for http where it speaks TLS to its clients', () => {
    const terminated = by('load-balancer', { protocol: 'https' }, badRequest());
    expect(named(spoiled, terminated, by('worker', {}), control)[0]).toMatch(/^candidate/);
  });

  test.each([
    [
      'sends something else where a header of ours is answered otherwise',
      badRequest('plain HTTP to an HTTPS port'),
      {},
    ],
    ['is not to blame where no other way is served', badRequest(), badRequest()],
  ])('%s', (_title, answer, direct) => {
    expect(named(by('load-balancer', {}, answer), by('worker', {}, direct), control)).toEqual([]);
  });
});
