import { expect, test } from 'vitest';
import { externalRecord } from '../../../../helpers/observe/plans/external-record.ts';
import { planNames } from '../../../../helpers/observe/plans/names.ts';
import { planClusterIps, planEndpoints } from '../../../../helpers/observe/plans/services.ts';
import { inEachFamily } from '../../../../helpers/observe/in-family.ts';
import type { RunContext } from '../../../../helpers/model/run-context.ts';
import type { ServiceInfo } from '../../../../helpers/model/topology.ts';

const service = (name: string, clusterIps: string[], ...ips: string[]): ServiceInfo => ({
  namespace: 'shop',
  name,
  type: 'ClusterIP',
  clusterIp: clusterIps[0] ?? '',
  clusterIps,
  selector: {},
  ports: [{ protocol: 'TCP', port: 80, targetPort: '8080' }],
  endpoints: ips.map((ip) => ({ ip, ports: { '': 8080 }, node: 'a', pod: name, ready: true })),
});

const services = [
  service('both', ['10.43.0.10', 'fd00:43::10'], '10.42.0.5', 'fd00:42::5'),
  service('six', ['fd00:43::b'], 'fd00:42::6'),
];
// What the plans read of a run; the rest of it is of no account to them.
const context = {
  settings: { timeoutMs: 1_000, serviceAttempts: 1, fullMeshNodes: 16 },
  topology: { nodes: [], services, dnsPods: [], dns: service('dns', ['10.43.0.2', 'fd00:43::2']) },
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

const onDual = { ...context, pods: context.pods.map((pod) => ({ ...pod, ips: [pod.ip, 'fd00:42::2'] })) };

const addresses = (given: RunContext) =>
  inEachFamily(given, (each) => [...planEndpoints(each, new Map()), ...planClusterIps(each, new Map())]).map(
    ({ source, destination }) => `${source.ip} to ${destination.ip}`,
  );

test('endpoints and Services are probed by their IPv4 addresses alone on a cluster of IPv4', () => {
  expect(addresses(context)).toEqual(['10.42.0.2 to 10.42.0.5', '10.42.0.2 to 10.43.0.10']);
});

test('endpoints and Services are probed by the addresses of each family, from an address of that family', () => {
  expect(addresses(onDual)).toEqual([
    '10.42.0.2 to 10.42.0.5',
    '10.42.0.2 to 10.43.0.10',
    'fd00:42::2 to fd00:42::5',
    'fd00:42::2 to fd00:42::6',
    'fd00:42::2 to fd00:43::10',
    'fd00:42::2 to fd00:43::b',
  ]);
});

const questions = (given: RunContext) => [
  ...new Set(
    inEachFamily(given, (each) => planNames(each, 'prod.example')).map(({ asked, destination }) =>
      'recordType' in asked ? `${asked.recordType} ${asked.name} ${destination.ip ?? 'resolver'}` : '',
    ),
  ),
];

test('names are asked for in the domain of the cluster, of the Services that have an IPv4 address', () => {
  expect(questions(context).toSorted()).toEqual([
    'A both.shop resolver',
    'A both.shop.svc.prod.example 10.43.0.2',
    'SRV _https._tcp.kubernetes.default.svc.prod.example 10.43.0.2',
  ]);
});

test('names have A and AAAA where the cluster has both families', () => {
  expect(questions(onDual).filter((each) => each.startsWith('AAAA'))).toEqual([
    'AAAA both.shop.svc.prod.example fd00:43::2',
    'AAAA six.shop.svc.prod.example fd00:43::2',
  ]);
});

const externalTypes = (given: RunContext) => [
  ...new Set(
    inEachFamily({ ...given, externalName: 'www.example.com' }, (each) => planNames(each, 'cluster.local'))
      .filter(({ role }) => role === 'service-external-name')
      .map(({ asked }) => ('recordType' in asked ? asked.recordType : undefined)),
  ),
];

test('a name outside is asked for as AAAA on a cluster of IPv6 alone, where none need come', () => {
  expect(externalTypes(context)).toEqual(['A']);
  expect(externalTypes(onDual)).toEqual(['A']);
  const alone = { ...context, pods: context.pods.map((pod) => ({ ...pod, ip: 'fd00:42::2' })) };
  expect(externalTypes(alone)).toEqual(['AAAA']);
  expect(externalRecord(alone).expected).toEqual({ mayBeEmpty: true });
});
