import { describe, expect, it } from 'vitest';
import type { ProbeObservation } from '../../../../helpers/model/observation.ts';
import { planIngressControls } from '../../../../helpers/observe/plans/ingress-controls.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { failing } from '../../../support/cluster.ts';
import { runContext, serviceOn } from '../support/run-context.ts';

const LB = '198.51.100.1';
const host = { host: 'shop.example', path: '/' };
const TLS = [{ namespace: 'shop', name: 'shop', rules: [], tlsHosts: [] }];

function world(tlsHosts: string[], loadBalancer?: string) {
  const rules = [{ host: host.host, path: '/', service: 'web', servicePort: 80 }];
  return runContext({
    nodes: 1,
    service: serviceOn([0]),
    topology: { ingresses: [{ ...TLS[0]!, rules, tlsHosts }] },
    targets: { hosts: [host], ingressNodes: ['node-0'], ...(loadBalancer && { loadBalancer }) },
  });
}

const observed = (role: 'load-balancer' | 'worker', protocol: 'http' | 'https', fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role,
    source: at('runner'),
    destination: at('host', undefined, { ip: role === 'worker' ? '192.0.2.1' : LB, port: 80, name: host.host }),
    crosses: { host: host.host, size: 'mixed' },
    ...fields,
    asked: { protocol, ...host, ...fields.asked },
  });

const controls = (context: ReturnType<typeof world>, seen: ProbeObservation[]) =>
  planIngressControls(context, seen, { references: new Map() }).map(
    ({ role, asked }) => `${role} ${asked.protocol}${'proxyProtocol' in asked ? ' with a header' : ''}`,
  );

const toHttps = { got: { status: 308, location: 'https://shop.example/' } };

describe('what the first answers of an ingress give reason to ask', () => {
  it('is nothing where all is as it should be', () => {
    const seen = [observed('load-balancer', 'http', toHttps), observed('worker', 'http', toHttps)];
    expect(controls(world(['shop.example'], LB), seen)).toEqual([]);
  });

  it('is https where a redirect leads there and no Ingress has tls: where users come in', () => {
    const seen = [observed('load-balancer', 'http', toHttps), observed('worker', 'http', toHttps)];
    expect(controls(world([], LB), seen)).toEqual(['load-balancer https']);
    expect(controls(world([]), seen)).toEqual(['worker https']);
  });

  it('is not https of another host', () => {
    const elsewhere = { got: { status: 302, location: 'https://login.example/' } };
    expect(controls(world([], LB), [observed('load-balancer', 'http', elsewhere)])).toEqual([]);
  });

  it('is a header of PROXY protocol where the load balancer cuts off, by it and by one other way', () => {
    const seen = [observed('load-balancer', 'http', failing('reset')), observed('worker', 'http')];
    expect(controls(world([], LB), seen)).toEqual(['load-balancer http with a header', 'worker http with a header']);
  });

  it('is no second header by a way that was asked with one already', () => {
    const headed = observed('worker', 'http', { asked: { proxyProtocol: true } });
    const seen = [observed('load-balancer', 'http', failing('reset')), headed];
    expect(controls(world([], LB), seen)).toEqual(['load-balancer http with a header']);
  });

  it('is no header where the load balancer is silent', () => {
    expect(controls(world([], LB), [observed('load-balancer', 'http', failing('timeout'))])).toEqual([]);
  });
});
