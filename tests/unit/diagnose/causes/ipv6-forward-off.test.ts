import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, fact } from '../../../support/cluster.ts';
import { at1, mesh } from '../../../support/both-families.ts';

const titles = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, title }) => `${confidence}: ${title}`);

test('IPv6 that a node does not forward is proved there, and is not named where it does or where it passes', () => {
  const forwarding = (value: number) => fact('sysctls', { 'net.ipv6.conf.all.forwarding': value }, 'b');
  expect(titles(CLUSTER, mesh(at1('b')), forwarding(0))).toEqual(['proved: the node does not forward IPv6: b']);
  expect(titles(CLUSTER, mesh(at1('b')), forwarding(1))).toEqual(['candidate: IPv6 fails where IPv4 passes: b']);
  expect(
    titles(
      CLUSTER,
      mesh(() => false),
      forwarding(0),
    ),
  ).toEqual([]);
});

test('IPv6 that a node forwards only since the run made its pods is proved by what was read before', () => {
  const now = fact('sysctls', { 'net.ipv6.conf.all.forwarding': 1 }, 'b');
  const sound = mesh(() => false);
  const before = (value: boolean) => fact('ssh/ipv6-forwarding-before', value, 'b');
  expect(titles(CLUSTER, sound, now, before(false))).toEqual(['proved: the node does not forward IPv6: b']);
  expect(titles(CLUSTER, sound, now, before(true))).toEqual([]);
});
