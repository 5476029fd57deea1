import { expect, test } from 'vitest';
import type { BurstReadings } from '../../../../helpers/model/burst.ts';
import type { HostRoute } from '../../../../helpers/model/facts/agent.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { cutOff, diagnosed, fact, failing, found, nodeFact } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'ip-protocol-filtered-in-path';

const CALICO: readonly Observation[] = [
  fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' }),
  ...['a', 'b'].map((name) => nodeFact(name, { annotations: {} })),
  ...['a', 'b'].map((node) => fact('tunnel', { device: 'tunl0', source: 'its name' }, node)),
];

const route = (destination: string, device: string, gateway?: string): HostRoute => ({
  destination,
  device,
  gateway,
  metric: 0,
  mtu: 0,
  reject: false,
  up: true,
});
const routes = (...more: HostRoute[]) =>
  fact('routes', [route('0.0.0.0/0', 'eth0', '10.0.0.254'), route('10.0.0.0/24', 'eth0'), ...more], 'a');
const TO_PEER = routes(route('10.42.2.64/26', 'tunl0', '10.0.0.2'));

/** What a's kernel wrapped and sent, none of which came to b. */
const LOST: BurstReadings = {
  sent: 100,
  sendErrors: {},
  senderUplinkTx: 111,
  senderUplinkNoise: 8,
  senderTunnelTx: 100,
  receiverUplinkRx: 9,
  tunnelRx: 0,
  receiverUdp: {},
  tunnelNoise: 0,
  uplinkNoise: 9,
  controlUdp: 'pass',
  controlTcp: 'pass',
};
const burst = (more: Partial<BurstReadings> = {}) =>
  probeOf('burst', {
    role: 'tunnel-burst',
    pathClass: 'host-host',
    source: at('host', 'a'),
    destination: at('host', 'b', { ip: '10.42.2.64', port: 18_377 }),
    verdict: 'fail',
    errorKind: 'no-reply',
    got: { outcome: 'blocked', arrivedShare: 0, reason: 'none arrived', readings: { ...LOST, ...more } },
  });

const place = { pathClass: 'host-host', source: at('host', 'a') } as const;
const toB = (port: number) => at('host', 'b', { ip: '10.0.0.2', port });
const udp = (fields = {}) =>
  probeOf('udp-echo', { suite: 'overlay', role: 'control-udp', ...place, destination: toB(18_377), ...fields });
const tcp = (fields = {}) =>
  probeOf('tcp', { suite: 'overlay', role: 'control-tcp', ...place, destination: toB(18_377), ...fields });
const controls = [udp(), tcp()];
const cut = cutOff('a', 'b');

test('a wrapped burst that left for the peer and never came is proved to be filtered, beside sound controls', () => {
  expect(found(CODE, CALICO, cut, TO_PEER, burst(), controls)).toEqual(['proved at a b']);
});

test('its words are those of the protocol, and never a port of VXLAN', () => {
  const [finding] = diagnosed(CALICO, cut, TO_PEER, burst(), controls);
  expect(finding?.title).toBe('the path drops IP protocol 4, in which the overlay wraps packets: a to b');
  expect(finding?.remedy).toContain('Allow IP protocol 4 from a (10.0.0.1) to b (10.0.0.2)');
  expect(JSON.stringify(finding)).not.toMatch(/8472|VXLAN datagrams/);
});

test('a burst whose way was not read is a candidate', () => {
  expect(found(CODE, CALICO, cut, burst(), controls)).toEqual(['candidate at a b']);
});

test('a burst that the routes lead to another node, or past the tunnel, is no word about the path', () => {
  const elsewhere = routes(route('10.42.2.64/26', 'tunl0', '10.0.0.3'));
  expect(found(CODE, CALICO, cut, elsewhere, burst(), controls)).toEqual([]);
  expect(found(CODE, CALICO, cut, routes(), burst(), controls)).toEqual([]);
});

test('a burst that the sender may have kept back is a candidate', () => {
  for (const kept of [{ senderUplinkTx: 20 }, { senderTunnelTx: 0 }, { senderTunnelTx: undefined }])
    expect(found(CODE, CALICO, cut, TO_PEER, burst(kept), controls)).toEqual(['candidate at a b']);
});

test('an uplink that others keep busy does not say that the burst left', () => {
  expect(found(CODE, CALICO, cut, TO_PEER, burst({ senderUplinkNoise: 60 }), controls)).toEqual(['candidate at a b']);
});

test('a burst that came to the receiver is no word about the path', () => {
  expect(found(CODE, CALICO, cut, TO_PEER, burst({ receiverUplinkRx: 100 }), controls)).toEqual([]);
});

test('where UDP or TCP to the same address is lost as well, it is not the protocol', () => {
  const lost = failing('timeout');
  expect(found(CODE, CALICO, cut, TO_PEER, burst(), [udp(lost), tcp()])).toEqual([]);
  expect(found(CODE, CALICO, cut, TO_PEER, burst(), [udp(), tcp(lost)])).toEqual([]);
});

test('a tunnel that wraps in UDP has no IP protocol of its own to be filtered', () => {
  const wireguard = fact('overlay', { kind: 'flannel-wireguard', device: 'flannel-wg', source: 'annotations' });
  expect(found(CODE, [...CALICO, wireguard], cut, TO_PEER, burst(), controls)).toEqual([]);
});

test('where a port of the list alone answers, a firewall in front of the node keeps the protocol out too', () => {
  const lost = failing('timeout');
  const kubelet = tcp({ role: 'control-kubelet', destination: toB(10_250) });
  const named = (...more: Observation[]) =>
    found('firewall-inbound-deny', CALICO, cut, TO_PEER, burst(), udp(lost), tcp(lost), more);
  expect(named(kubelet)).toEqual(['proved at a b']);
  expect(named()).toEqual(['candidate at a b']);
  expect(found('firewall-inbound-deny', CALICO, cut, TO_PEER, burst(), controls, kubelet)).toEqual([]);
});
