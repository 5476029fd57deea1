import { describe, expect, test } from 'vitest';
import type { ReadTopology } from '../../../helpers/cluster/topology.ts';
import { loadConfig } from '../../../helpers/config/load.ts';
import type { PortCheck, ServiceInfo } from '../../../helpers/model/topology.ts';
import { discoverTargets } from '../../../helpers/run/discover-targets.ts';
import { runContext, serviceOn } from '../observe/support/run-context.ts';

const cluster = (ports: ServiceInfo['ports']): ReadTopology => ({
  pods: [],
  controllers: [],
  foreignNodes: [],
  nodes: [],
  topology: runContext({ nodes: 1, service: serviceOn([0], { ports, endpoints: [] }) }).topology,
});
const discover = (read: ReadTopology, env: Record<string, string>) =>
  discoverTargets(loadConfig({ env: { NETWRIGHT_NAMESPACE: 'shop', ...env }, cwd: '/', envFile: '/dev/null' }), read);

describe('a Service whose pods have a probe of their own', () => {
  const port = (name: string, number: number, check?: PortCheck) => ({
    name,
    protocol: 'TCP' as const,
    port: number,
    targetPort: name,
    check,
  });
  const of = (...ports: ReturnType<typeof port>[]) => cluster(ports);
  test.each<[string, ReadTopology, Record<string, string>, number | undefined, string]>([
    ['is asked by its path and port', of(port('api', 9000, { by: 'http', path: '/ready' })), {}, 9000, '/ready'],
    [
      'is asked there before a port that is only named so',
      of(port('http', 80), port('api', 9000, { by: 'http', path: '/ready' })),
      {},
      9000,
      '/ready',
    ],
    ['is asked by a connection where that is how', of(port('http', 80, { by: 'tcp' })), {}, undefined, '/health'],
    ['is not asked by HTTP where it speaks gRPC', of(port('web', 80, { by: 'grpc' })), {}, undefined, '/health'],
    ['is not asked by HTTP where it speaks TLS', of(port('http', 80, { by: 'https' })), {}, undefined, '/health'],
    [
      'is asked by the path that is named',
      of(port('http', 80, { by: 'http', path: '/ready' })),
      { NETWRIGHT_HEALTH_PATH: '/live' },
      80,
      '/live',
    ],
    [
      'is asked by the usual path where an answer must hold something',
      of(port('http', 80, { by: 'http', path: '/ready' })),
      { NETWRIGHT_IDENTITY: 'json-service' },
      80,
      '/health',
    ],
    [
      'is asked by its path where just the Service is named',
      of(port('http', 80, { by: 'http', path: '/ready' })),
      { NETWRIGHT_SERVICES: 'web:80' },
      80,
      '/ready',
    ],
  ])('%s', (_title, read, env, httpPort, healthPath) => {
    expect(discover(read, env).services[0]).toMatchObject({ httpPort, healthPath });
  });
});
