import { describe, expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing } from '../../../support/cluster.ts';

const HOST = 'shop.example';

const by = (role: 'load-balancer' | 'worker', fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role,
    source: at('runner'),
    destination: at('host', role === 'worker' ? 'a' : undefined, { ip: '10.0.0.9', port: 443, name: HOST }),
    crosses: { host: HOST, size: 'mixed' },
    ...fields,
    asked: { protocol: 'https', host: HOST, path: '/shop', ...fields.asked },
  });

const sentTo = (location: string) => ({ ...failing('http-status'), got: { status: 308, location } });
const loop = sentTo(`https://${HOST}/shop`);
const found = (...observations: Parameters<typeof diagnosed>) => diagnosed(CLUSTER, ...observations);
const codes = (...observations: Parameters<typeof diagnosed>) =>
  found(...observations).map(({ code, confidence }) => `${confidence} ${code}`);

describe('a redirect to the very address that was asked for', () => {
  test('is a loop, and of all ways in the doing of the ingress or the application', () => {
    const [finding] = found(by('load-balancer', loop), by('worker', loop));
    expect([finding?.code, finding?.confidence]).toEqual(['ingress-redirect-loop', 'proved']);
    expect(JSON.stringify(finding?.remedy)).toContain('force-ssl-redirect');
  });

  test('by the load balancer alone is TLS that ends there, and no load balancer that passes nothing on', () => {
    expect(codes(by('load-balancer', loop), by('worker'))).toEqual(['proved ingress-redirect-loop']);
    const [finding] = found(by('load-balancer', loop), by('worker'));
    expect(finding?.evidence.map(({ text }) => text).join()).toContain('it takes TLS off');
  });

  test('may be told as a path', () => {
    expect(codes(by('load-balancer', sentTo('/shop')))).toEqual(['proved ingress-redirect-loop']);
  });
});

describe('no loop', () => {
  test.each<[string, Fields<'http'>]>([
    ['is a redirect to another place', sentTo(`https://${HOST}/login`)],
    ['is a redirect from http to https', { ...loop, asked: { protocol: 'http' } }],
    ['is one that passed, as with a cookie', { got: { status: 302, location: `https://${HOST}/shop` } }],
    ['is a redirect to the other spelling of a path', sentTo(`https://${HOST}/shop/`)],
    ['is a redirect to the same path of another name', sentTo(`https://www.${HOST}/shop`)],
    ['is a redirect to another port', sentTo(`https://${HOST}:8443/shop`)],
    ['is another answer', { ...failing('http-status'), got: { status: 503 } }],
  ])('%s', (_title, fields) => {
    expect(codes(by('load-balancer', fields)).join()).not.toContain('ingress-redirect-loop');
  });
});
