import type { V1Container, V1EndpointSlice, V1Pod, V1Probe } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { checksOf, portChecks } from '../../../helpers/cluster/port-checks.ts';
import type { PortCheck } from '../../../helpers/model/topology.ts';

const container = (over: Partial<V1Container>): V1Container => ({
  name: 'app',
  ports: [
    { name: 'web', containerPort: 8080 },
    { name: 'db', containerPort: 5432 },
  ],
  ...over,
});
const pod = (...containers: V1Container[]): V1Pod => ({
  metadata: { namespace: 'shop', name: 'web-1' },
  spec: { containers },
});
const http = (port: number | string, path?: string, scheme?: string): V1Probe => ({ httpGet: { port, path, scheme } });

describe('how a pod is asked by its own probes', () => {
  test.each<[string, Partial<V1Container>, [number, PortCheck][]]>([
    ['is http with its path', { readinessProbe: http(8080, '/ready') }, [[8080, { by: 'http', path: '/ready' }]]],
    ['is by the number of a named port', { readinessProbe: http('web') }, [[8080, { by: 'http', path: '/' }]]],
    ['is https', { readinessProbe: http(8080, '/', 'HTTPS') }, [[8080, { by: 'https', path: '/' }]]],
    ['is a connection', { readinessProbe: { tcpSocket: { port: 'db' } } }, [[5432, { by: 'tcp' }]]],
    ['is gRPC', { readinessProbe: { grpc: { port: 9000 } } }, [[9000, { by: 'grpc' }]]],
    ['is nothing of a port by a command', { readinessProbe: { exec: { command: ['true'] } } }, []],
    ['is nothing by a port that is not there', { readinessProbe: http('gone') }, []],
    ['is by a liveness probe', { livenessProbe: http(8080, '/l') }, [[8080, { by: 'http', path: '/l' }]]],
    [
      'is by its readiness probe first',
      { readinessProbe: http(8080, '/r'), livenessProbe: http(8080, '/l') },
      [[8080, { by: 'http', path: '/r' }]],
    ],
  ])('%s', (_title, over, expected) => {
    expect([...checksOf(pod(container(over)))]).toEqual(expected);
  });
});

test('a port of a Service is asked as the pods behind it are at their own port', () => {
  const slices: V1EndpointSlice[] = [
    {
      metadata: { namespace: 'shop' },
      addressType: 'IPv4',
      ports: [
        { name: 'http', port: 8080 },
        { name: 'metrics', port: 9090 },
      ],
      endpoints: [{ addresses: ['10.42.0.5'], targetRef: { kind: 'Pod', name: 'web-1' } }],
    },
  ];
  const known = pod(container({ readinessProbe: http('web', '/ready') }));
  expect([...portChecks(slices, () => known)]).toEqual([['http', { by: 'http', path: '/ready' }]]);
  expect([...portChecks(slices, () => undefined)]).toEqual([]);
});
