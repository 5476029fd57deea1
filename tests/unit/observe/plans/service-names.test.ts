import { expect, test } from 'vitest';
import type { ServiceInfo } from '../../../../helpers/model/topology.ts';
import { serviceNames } from '../../../../helpers/observe/plans/service-names.ts';
import { serviceOn } from '../support/run-context.ts';

const named = (...services: ServiceInfo[]) =>
  serviceNames({ services }, 'cluster.local').map(({ name, addresses = ['any'] }) => `${name} ${addresses.join()}`);
const headless = (on: number[], over: Partial<ServiceInfo> = {}) =>
  serviceOn(on, { name: 'db', clusterIp: 'None', ...over });
const alias = (externalName: string) =>
  serviceOn([], { name: 'alias', type: 'ExternalName', clusterIp: '', externalName });
const WEB = 'web.shop.svc.cluster.local 10.43.0.9';

test.each<[string, ServiceInfo[], string[]]>([
  ['of a Service has its ClusterIP', [serviceOn([0])], [WEB]],
  ['of a headless Service has any address', [headless([0, 1])], ['db.shop.svc.cluster.local any']],
  ['of a headless Service without an endpoint is not asked', [headless([])], []],
  [
    'that is another Service of the cluster resolves as that',
    [serviceOn([0]), alias('web.shop.svc.cluster.local.')],
    [WEB, 'alias.shop.svc.cluster.local any'],
  ],
  ['that is a name outside is not asked', [alias('db.example')], []],
  ['that is a Service which does not resolve is not asked', [alias('gone.shop.svc.cluster.local')], []],
])('the name %s', (_title, services, expected) => {
  expect(named(...services)).toEqual(expected);
});
