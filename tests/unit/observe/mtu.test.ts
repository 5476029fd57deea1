import { expect, test } from 'vitest';
import { uplinkMtu } from '../../../helpers/observe/mtu.ts';

const link = (name: string, mtu: number, ...addresses: string[]) => ({ name, mtu, addresses });

test.each([
  [
    'the card that has the address, and not one beside it',
    [link('eth0', 1500, '10.0.0.1/24'), link('eth1', 576)],
    1500,
  ],
  ['a bridge or VLAN that has it', [link('eth0', 9000), link('vlan7', 1400, '10.0.0.1/24')], 1400],
  ['the smallest card where no device has it', [link('eth0', 1500), link('enp7s0', 1450), link('cni0', 1400)], 1450],
  [
    'the smallest card where the loopback has it, as with BGP',
    [link('lo', 65_536, '10.0.0.1/32'), link('eth0', 1500)],
    1500,
  ],
  ['none where there is no card', [link('lo', 65_536)], undefined],
])('what must pass whole is as large as %s takes', (_, links, expected) => {
  expect(uplinkMtu(links, '10.0.0.1')).toBe(expected);
});
