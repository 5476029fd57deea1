import { expect, test } from 'vitest';
import type { ProbeObservation } from '../../../helpers/model/observation.ts';
import { diagnosed, fact, nodeFact } from '../../support/cluster.ts';
import { at1, mesh } from '../../support/both-families.ts';

const NODES = ['a', 'b', 'c'].map((name, index) =>
  nodeFact(name, {
    internalIp: `fd00:10::${index + 1}`,
    podCidrs: [`fd00:42:0:${index + 1}::/64`],
    annotations: { 'flannel.alpha.coreos.com/public-ipv6': `fd00:10::${index + 1}` },
  }),
);
const ofIpv6 = ({ destination }: ProbeObservation) => destination.ip?.includes(':') === true;
const broken = mesh(at1('b')).filter(ofIpv6);

const titles = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, title }) => `${confidence}: ${title}`);
const sysctls = (forwarding: number) =>
  fact('sysctls', { 'net.ipv4.ip_forward': 0, 'net.ipv6.conf.all.forwarding': forwarding }, 'b');

test('what a kernel has for IPv4 is no cause where the cluster has IPv6 alone', () => {
  expect(titles(NODES, broken, sysctls(1)).filter((title) => title.startsWith('proved'))).toEqual([]);
});

test('a node that does not forward IPv6 is proved where the cluster has that alone', () => {
  expect(titles(NODES, broken, sysctls(0))).toContain('proved: the node does not forward IPv6: b');
});
