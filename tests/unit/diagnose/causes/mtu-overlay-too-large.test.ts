import { expect, test } from 'vitest';
import { CLUSTER, fact, found, nodeFact } from '../../../support/cluster.ts';

const CODE = 'mtu-overlay-too-large';
const calico = [
  fact('overlay', { kind: 'calico-vxlan', vni: 4096, port: 4789, device: 'vxlan.calico', source: 'its pool' }),
  nodeFact('a'),
  nodeFact('c'),
  nodeFact('b', { annotations: { 'projectcalico.org/IPv4Address': '172.16.0.2/24' } }),
];
const links = (tunnelMtu: number) =>
  fact(
    'links',
    [
      { name: 'eth0', mtu: 1500, addresses: ['10.0.0.2/24'] },
      { name: 'eth1', mtu: 9000, addresses: ['172.16.0.2/24'] },
      { name: 'vxlan.calico', mtu: tunnelMtu, addresses: ['10.42.2.1/32'] },
    ],
    'b',
  );

test('a tunnel is held against the card that its plugin announces, not against that of the node’s own address', () => {
  expect(found(CODE, calico, links(8950))).toEqual([]);
  expect(found(CODE, calico, links(8980))).toEqual(['proved at b']);
});

test('a tunnel that does not fit the node’s only card is proved to be too large', () => {
  const one = [
    { name: 'eth0', mtu: 1450, addresses: ['10.0.0.2/24'] },
    { name: 'flannel.1', mtu: 1450, addresses: ['10.42.2.0/32'] },
  ];
  expect(found(CODE, CLUSTER, fact('links', one, 'b'))).toEqual(['proved at b']);
});
