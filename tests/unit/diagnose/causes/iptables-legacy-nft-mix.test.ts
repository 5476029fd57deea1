import { expect, test } from 'vitest';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { CLUSTER, fact, failing, found, serviceFact } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'iptables-legacy-nft-mix';
const CHAINS = ['KUBE-SERVICES', 'KUBE-SVC-API', 'KUBE-SEP-ONE', 'KUBE-KUBELET-CANARY'];
const table = (...rules: string[]) =>
  readIptablesSave(
    ['*nat', ':PREROUTING ACCEPT [0:0]', ...CHAINS.map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT'].join('\n'),
  );
const toSep = (address: string) => [
  '-A PREROUTING -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.43.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-API',
  '-A KUBE-SVC-API -j KUBE-SEP-ONE',
  `-A KUBE-SEP-ONE -p tcp -m tcp -j DNAT --to-destination ${address}:8080`,
];
const rules = (legacy: string[], inUse: string[]) => [
  fact('ssh/iptables-save', table(...inUse), 'a'),
  fact('ssh/iptables-legacy-save', { ...table(...legacy), backend: 'legacy' }, 'a'),
];
const failed = probeOf('http', {
  suite: 'cluster-ip',
  role: 'service',
  source: at('pod', 'a'),
  destination: { name: 'shop/api', ip: '10.43.0.10', port: 80 },
  crosses: { service: 'shop/api', translation: ['a'], servedFrom: ['a'], size: 'mixed' },
  ...failing('timeout'),
});
const cluster = [CLUSTER, serviceFact(['a', 'b'])].flat();
const NOW = toSep('10.42.1.10');

test('legacy rules that translate a failing Service to an endpoint that is gone are proved', () => {
  expect(found(CODE, cluster, failed, rules(toSep('10.42.1.99'), NOW))).toEqual(['proved at a']);
});

test('KUBE rules in both backends that translate nothing, or to endpoints that are there, are no fault', () => {
  expect(found(CODE, cluster, failed, rules(['-A KUBE-KUBELET-CANARY -j RETURN'], NOW))).toEqual([]);
  expect(found(CODE, cluster, failed, rules(toSep('10.42.2.10'), NOW))).toEqual([]);
});

test('a host whose iptables are the legacy ones has one backend, whatever is out of date in it', () => {
  const old = toSep('10.42.1.99');
  expect(found(CODE, cluster, failed, rules(old, old))).toEqual([]);
});
