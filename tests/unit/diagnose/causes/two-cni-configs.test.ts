import { expect, test } from 'vitest';
import { at } from '../../../support/observations.ts';
import { CLUSTER, fact, failing, found, hostRoute, podToPod, serviceFact } from '../../../support/cluster.ts';

const CODE = 'two-cni-configs';
const calico = fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' });
const routes = (...own: ReturnType<typeof hostRoute>[]) =>
  fact('routes', [hostRoute('0.0.0.0/0', 'eth0'), ...own], 'a');
const BRIDGED = routes(hostRoute('10.244.7.0/24', 'cni1'));
const service = serviceFact(['a'], {
  endpoints: [{ ip: '10.244.7.2', ports: { http: 8080 }, node: 'a', pod: 'api-0', ready: true }],
});
const files = (...names: string[]) =>
  fact(
    'ssh/cni-files',
    names.map((name) => ({ path: `/etc/cni/net.d/${name}`, plugins: [] })),
    'a',
  );
const lost = podToPod('b', 'a', { destination: at('pod', 'a', { ip: '10.244.7.2' }), ...failing('timeout') });
const both = files('05-bridge.conflist', '10-calico.conflist');

test('a pod on Calico whose node leads to it by a bridge was given its address by another plugin', () => {
  expect(found(CODE, CLUSTER, calico, service, BRIDGED, both, lost)).toEqual(['proved at a']);
});

test('a pod on Calico with a device of Calico’s is none of another plugin, whatever its address', () => {
  const own = routes(hostRoute('10.244.7.2/32', 'cali12345'));
  expect(found(CODE, CLUSTER, calico, service, own, both, lost)).toEqual([]);
});

test('one configuration on Calico is not two, whichever device a pod has', () => {
  expect(found(CODE, CLUSTER, calico, service, BRIDGED, files('10-calico.conflist'), lost)).toEqual([]);
});
