import { expect, test } from 'vitest';
import { planNames } from '../../../../helpers/observe/plans/names.ts';
import { planClusterIps, planEndpoints } from '../../../../helpers/observe/plans/services.ts';
import type { RunContext } from '../../../../helpers/model/run-context.ts';
import type { ServiceInfo } from '../../../../helpers/model/topology.ts';

const service = (name: string, clusterIp: string, ...ips: string[]): ServiceInfo => ({
  namespace: 'shop',
  name,
  type: 'ClusterIP',
  clusterIp,
  selector: {},
  ports: [{ protocol: 'TCP', port: 80, targetPort: '8080' }],
  endpoints: ips.map((ip) => ({ ip, ports: { '': 8080 }, node: 'a', pod: name, ready: true })),
});

const services = [service('both', '10.43.0.10', '10.42.0.5', 'fd00:42::5'), service('six', 'fd00:43::b', 'fd00:42::6')];
// What the plans read of a run; the rest of it is of no account to them.
const context = {
  settings: { timeoutMs: 1_000, serviceAttempts: 1, fullMeshNodes: 16 },
  topology: { nodes: [], services, dnsPods: [], dns: service('dns', '10.43.0.2') },
  targets: {
    services: services.map(({ name }) => ({
      namespace: 'shop',
      name,
      httpPort: 80,
      healthPath: '/',
      identity: { kind: 'compare' },
    })),
  },
  pods: [{ node: 'a', network: 'pod', namespace: 'n', pod: 'p', ip: '10.42.0.2' }],
} as unknown as RunContext;

test('endpoints and Services are probed by their IPv4 addresses alone', () => {
  const addresses = [...planEndpoints(context, new Map()), ...planClusterIps(context, new Map())].map(
    ({ destination }) => destination.ip,
  );
  expect(addresses).toEqual(['10.42.0.5', '10.43.0.10']);
});

test('names are asked for in the domain of the cluster, of the Services that have an IPv4 address', () => {
  const names = new Set(planNames(context, 'prod.example').map(({ asked }) => ('name' in asked ? asked.name : '')));
  expect([...names].toSorted()).toEqual([
    '_https._tcp.kubernetes.default.svc.prod.example',
    'both.shop',
    'both.shop.svc.prod.example',
  ]);
});
