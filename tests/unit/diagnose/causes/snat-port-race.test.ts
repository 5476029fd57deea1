import { expect, test } from 'vitest';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, failing, fact, found } from '../../../support/cluster.ts';

const CODE = 'snat-port-race';

/** A resolver outside of the cluster, asked from a node or its pods. */
const outside = (network: 'pod' | 'host', protocol: 'udp' | 'tcp', fields: Fields<'dns'> = {}) =>
  probeOf('dns', {
    role: 'upstream-external-name',
    source: at(network, 'a'),
    destination: { ip: '192.0.2.53', port: 53, name: 'the resolver of the node' },
    crosses: { external: true, size: 'small' },
    ...fields,
    asked: { protocol },
  });
const passing = [outside('host', 'udp'), outside('host', 'tcp'), outside('pod', 'udp')];
const someLost = outside('pod', 'tcp', { ...failing('timeout'), attempts: 12, succeeded: 6 });
const masquerade = (ports: string) =>
  fact(
    'ssh/iptables-save',
    readIptablesSave(
      `*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 10.42.0.0/16 -p tcp -j MASQUERADE${ports}\nCOMMIT\n`,
    ),
    'a',
  );

test('pods that lose some connections to the outside are proved to share a narrow range of ports by the rule', () => {
  expect(found(CODE, CLUSTER, passing, someLost, masquerade(' --to-ports 1024-1063'))).toEqual(['proved at a']);
});

test('pods that lose some connections to the outside are a candidate where no rules were read', () => {
  expect(found(CODE, CLUSTER, passing, someLost)).toEqual(['candidate at a']);
});

test('pods with all ports for their connections do not run out of them', () => {
  expect(found(CODE, CLUSTER, passing, someLost, masquerade(''))).toEqual([]);
  expect(found(CODE, CLUSTER, passing, someLost, masquerade(' --to-ports 1024-65535'))).toEqual([]);
});

test('pods that lose all connections, or datagrams as well, do not just run out of ports', () => {
  const allLost = outside('pod', 'tcp', { ...failing('timeout'), attempts: 12 });
  const noDatagrams = outside('pod', 'udp', failing('no-reply'));
  expect(found(CODE, CLUSTER, passing, allLost)).toEqual([]);
  expect(found(CODE, CLUSTER, passing, someLost, noDatagrams)).toEqual([]);
});
