import { describe, expect, test } from 'vitest';
import type { ServiceInfo } from '../../../../helpers/model/topology.ts';
import { serviceNotes } from '../../../../helpers/observe/plans/service-notes.ts';
import { runContext, serviceOn } from '../support/run-context.ts';

const notes = (service: ServiceInfo) => serviceNotes(runContext({ nodes: 2, service }));
const said = (service: ServiceInfo) => notes(service).map(({ what, why }) => `${what}: ${why}`);
const gone = { workload: { objects: ['Deployment web'], replicas: 0 }, selector: { app: 'web' } };
const selects = { selector: { app: 'web' } };

describe('what is said of a Service that is not asked everywhere', () => {
  test.each<[string, ServiceInfo, string[]]>([
    ['is nothing where all of it is', serviceOn([0, 1]), []],
    ['is that it is scaled to 0', serviceOn([], gone), ['shop/web: Deployment web is scaled to 0']],
    [
      'is its internal traffic policy',
      serviceOn([0], { internalTrafficPolicy: 'Local' }),
      [
        'shop/web by its ClusterIP from node-1: internalTrafficPolicy is Local, and no endpoint is there: such a ' +
          'node rightly does not answer',
      ],
    ],
    [
      'is its external traffic policy',
      serviceOn([0], { externalTrafficPolicy: 'Local' }),
      [
        'shop/web by its NodePort at node-1: externalTrafficPolicy is Local, and no endpoint is there: such a node ' +
          'rightly does not answer',
      ],
    ],
    [
      'is that it waits for a load balancer',
      serviceOn([0], { type: 'LoadBalancer', loadBalancer: [] }),
      ['shop/web at a load balancer: it has been given no address: it is asked within the cluster'],
    ],
    [
      'is whom its load balancer lets in',
      serviceOn([0], { type: 'LoadBalancer', loadBalancer: ['10.0.0.5'], sourceRanges: ['198.51.100.0/24'] }),
      [
        'shop/web at 10.0.0.5 from pods and nodes: its loadBalancerSourceRanges let in 198.51.100.0/24 alone; others ' +
          'are dropped, pods and nodes among them unless they are in these ranges',
      ],
    ],
    [
      'is a port that no container gives',
      serviceOn([0], {
        ...selects,
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: '8080' },
          { name: 'metrics', protocol: 'TCP', port: 9090, targetPort: 'metrics' },
        ],
      }),
      ['shop/web at port 9090: no endpoint has a port for the target port metrics'],
    ],
    [
      'is a pod that counts as an endpoint and is not ready',
      {
        ...serviceOn([0, 1], { publishNotReadyAddresses: true }),
        endpoints: serviceOn([0, 1]).endpoints.map((each, index) => (index ? { ...each, serving: false } : each)),
      },
      [
        '1 endpoint of shop/web: publishNotReadyAddresses: a pod counts as an endpoint that is not ready, and need ' +
          'not answer',
      ],
    ],
    [
      'is a pod that is not ready while another is',
      {
        ...serviceOn([0, 1]),
        endpoints: serviceOn([0, 1]).endpoints.map((each, index) => (index ? { ...each, ready: false } : each)),
      },
      [
        '1 endpoint of shop/web (on node-1): not ready, so that nothing is led there: the application says so of ' +
          'itself, or its own node gets no answer from it',
      ],
    ],
  ])('%s', (_title, service, expected) => {
    expect(said(service)).toEqual(expected);
    expect(notes(service).every(({ isByChoice }) => isByChoice)).toBe(true);
  });

  test('of a host is that its Service is scaled to 0', () => {
    const hosts = [{ host: 'shop.example', path: '/', service: 'shop/web' }];
    const context = runContext({ nodes: 1, service: serviceOn([], gone), targets: { hosts, services: [] } });
    expect(serviceNotes(context)).toEqual([
      {
        what: 'the host shop.example/',
        why: 'of its Service shop/web: Deployment web is scaled to 0',
        isByChoice: true,
      },
    ]);
  });
});
