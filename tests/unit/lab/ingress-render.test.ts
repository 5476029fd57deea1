import { describe, expect, it } from 'vitest';
import { SERVICE_NAME_LABEL, type World } from '../../../lab/workloads/ingress/model.ts';
import { CONTROLLER, render } from '../../../lab/workloads/ingress/render.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function world(changes: Partial<World> = {}): World {
  return {
    ingressClasses: [{ metadata: { name: 'nginx' }, spec: { controller: CONTROLLER } }],
    ingresses: [
      {
        metadata: { namespace: 'shop', name: 'web' },
        spec: {
          ingressClassName: 'nginx',
          tls: [{ hosts: ['shop.test'], secretName: 'tls' }],
          rules: [
            {
              host: 'shop.test',
              http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { name: 'http' } } } }] },
            },
          ],
        },
      },
    ],
    services: [
      {
        metadata: { namespace: 'shop', name: 'web' },
        spec: {
          ports: [
            { name: 'admin', port: 81 },
            { name: 'http', port: 80 },
          ],
        },
      },
    ],
    endpointSlices: [
      {
        metadata: { namespace: 'shop', name: 'web-1', labels: { [SERVICE_NAME_LABEL]: 'web' } },
        endpoints: [{ addresses: ['10.42.1.2'] }, { addresses: ['10.42.1.3'], conditions: { ready: false } }],
        ports: [
          { name: 'admin', port: 9000 },
          { name: 'http', port: 8080 },
        ],
      },
    ],
    secrets: [
      { metadata: { namespace: 'shop', name: 'tls' }, data: { 'tls.crt': base64('CERT'), 'tls.key': base64('KEY') } },
    ],
    ...changes,
  };
}

const rendered = (changes?: Partial<World>) => render(world(changes), '/certs', '/fallback.pem');

describe('the ingress configuration', () => {
  it('listens at both families, and leads to pods of both, where the node has both', () => {
    const { conf } = rendered({
      hasIpv6: true,
      endpointSlices: [
        {
          metadata: { namespace: 'shop', name: 'web-2', labels: { [SERVICE_NAME_LABEL]: 'web' } },
          endpoints: [{ addresses: ['fd00:42::5'] }],
          ports: [{ name: 'http', port: 8080 }],
        },
      ],
    });
    expect(conf).toContain('listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl;');
    expect(conf).toContain('server [fd00:42::5]:8080 max_fails=0;');
    expect(rendered().conf).not.toContain('[::]');
  });

  it('serves rules without a host to all hosts that have no rule', () => {
    const [web] = world().ingresses;
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const any = { rules: [{ http: { paths: [{ path: '/any', backend }] } }], ingressClassName: 'nginx' };
    const { conf } = rendered({
      ingresses: [...(web ? [web] : []), { ...web, metadata: { namespace: 'shop', name: 'any' }, spec: any }],
    });
    const others = conf.slice(conf.indexOf('default_server'), conf.indexOf('server_name shop.test'));
    expect(others).toContain('location /any { proxy_pass http://shop-web-80; }');
    expect(others).toContain('location / { return 404; }');
    expect(rendered().conf).toContain('location / { return 404; }');
  });

  it('proxies straight to the ready pods, on the target of the port that is named', () => {
    const { conf } = rendered();
    expect(conf).toContain('proxy_pass http://shop-web-http;');
    expect(conf).toContain('server 10.42.1.2:8080 max_fails=0;');
    expect(conf).not.toContain('10.42.1.3');
    expect(conf).not.toContain(':9000');
  });

  it.each([
    ['no endpoint', { endpointSlices: [] }],
    ['no Service', { services: [] }],
    ['null endpoints', { endpointSlices: [{ ...world().endpointSlices[0]!, endpoints: null }] }],
  ])('answers 503 when there is %s', (_, changes) => {
    const { conf } = rendered(changes);
    expect(conf).toContain('location / { return 503; }');
    expect(conf).not.toContain('upstream shop');
  });

  it('answers 404 for hosts of nobody, and leaves alone an Ingress whose class is another controller’s', () => {
    const { conf } = rendered({
      ingressClasses: [{ metadata: { name: 'nginx' }, spec: { controller: 'example.test/other' } }],
    });
    expect(conf).toMatch(/default_server;[^}]*return 404;/);
    expect(conf).not.toContain('shop.test');
  });

  it('serves the Secret of the host, and the fallback when that is missing', () => {
    expect(rendered()).toMatchObject({
      certificates: { 'shop-tls.pem': 'CERT\nKEY' },
      conf: expect.stringContaining('ssl_certificate /certs/shop-tls.pem;'),
    });
    const without = rendered({ secrets: [] });
    expect(without.certificates).toEqual({});
    expect(without.conf).not.toContain('/certs/');
    expect(without.conf).toContain('ssl_certificate /fallback.pem;');
  });

  it('sends http on to https where it is told to, and the host has a certificate', () => {
    const redirect = 'if ($scheme = http) { return 308';
    expect(render(world(), '/certs', '/fallback.pem', { redirects: true }).conf).toContain(redirect);
    expect(render(world({ secrets: [] }), '/certs', '/fallback.pem', { redirects: true }).conf).not.toContain(redirect);
    expect(rendered().conf).not.toContain(redirect);
  });

  it('expects a PROXY protocol header at every port where it is told to', () => {
    const { conf } = render(world(), '/certs', '/fallback.pem', { proxyProtocol: true });
    expect(conf.match(/listen [^;]*;/g)).toEqual(
      expect.arrayContaining(['listen 80 default_server proxy_protocol;', 'listen 443 ssl proxy_protocol;']),
    );
    expect(conf).not.toMatch(/listen (?![^;]*proxy_protocol)[^;]*;/);
  });
});
