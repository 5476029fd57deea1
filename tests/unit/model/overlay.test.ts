import { describe, expect, it } from 'vitest';
import type { Overlay, TunnelFacts } from '../../../helpers/model/overlay.ts';
import { agreed, commonTunnel, traitsOf, wireFilter, wireText } from '../../../helpers/model/overlay/index.ts';

const flannel: Overlay = { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' };
const socket = (port: number, more: { address?: string; uid?: number } = {}) => ({
  address: '0.0.0.0',
  port,
  uid: 0,
  ...more,
});
const tunnelOf = (facts: Partial<TunnelFacts>, overlay: Overlay = flannel) =>
  traitsOf(overlay).tunnel({ annotations: {}, ...facts }, overlay);

describe('the UDP port of a node with flannel VXLAN', () => {
  it.each([
    ["Linux' default, where its socket is open", [socket(8472)], 8472],
    ['4789, where only that is open', [socket(4789), socket(111), socket(5353)], 4789],
    ['8472 beside a socket of a user that has 4789', [socket(8472), socket(4789, { uid: 1000 })], 8472],
    ['8472 beside 4789 at one address only', [socket(8472), socket(4789, { address: '127.0.0.1' })], 8472],
  ])('is %s', (_, sockets, port) => {
    expect(tunnelOf({ sockets })).toMatchObject({ port });
  });

  it('is left open where both usual ports are, as beside Cilium', () => {
    const tunnel = tunnelOf({ sockets: [socket(4789), socket(8472)] });
    expect(tunnel).toMatchObject({ candidates: [8472, 4789] });
    expect(tunnel.port).toBeUndefined();
  });

  it('is one of those that are open, where none is usual', () => {
    expect(tunnelOf({ sockets: [socket(7777), socket(68), socket(60_000)] })).toMatchObject({ candidates: [7777] });
  });

  it('is the configured one of several', () => {
    const configured = { ...flannel, port: 4789 };
    expect(tunnelOf({ sockets: [socket(4789), socket(8472)] }, configured)).toMatchObject({ port: 4789 });
  });

  it('is not known where sockets were not read', () => {
    expect(tunnelOf({}).port).toBeUndefined();
  });
});

describe('a node whose flannel has IPv6 alone', () => {
  const annotations = {
    'flannel.alpha.coreos.com/public-ipv6': 'fd00:10::110',
    'flannel.alpha.coreos.com/backend-v6-data': JSON.stringify({ VNI: 7 }),
  };
  const own = socket(8472, { address: '::' });

  it('has that family’s device and port', () => {
    const devices = ['eth0', 'flannel-v6.7'];
    expect(tunnelOf({ annotations, devices, sockets: [own] })).toMatchObject({
      device: 'flannel-v6.7',
      vni: 7,
      port: 8472,
    });
  });

  it('has those of IPv4 where it has both', () => {
    const both = { ...annotations, 'flannel.alpha.coreos.com/public-ip': '10.0.0.110' };
    const devices = ['flannel.1', 'flannel-v6.1'];
    const sockets = [socket(8472), socket(4789, { address: '::' })];
    expect(tunnelOf({ annotations: both, devices, sockets })).toMatchObject({ device: 'flannel.1', port: 8472 });
  });
});

describe('the device of a node with flannel VXLAN', () => {
  const announcing = (vni: number) => ({ 'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: vni }) });

  it.each([
    ['the one that it announces', announcing(7), undefined, 'flannel.7'],
    ['that one, beside an old one', announcing(7), ['flannel.1', 'flannel.7'], 'flannel.7'],
    ['the only one there is, whatever it announces', announcing(1), ['eth0', 'flannel.4096'], 'flannel.4096'],
    [
      'the usual one where the announcement cannot be read',
      { 'flannel.alpha.coreos.com/backend-data': '{' },
      [],
      'flannel.1',
    ],
    ['the announced one where it is gone', announcing(1), ['eth0', 'cni0'], 'flannel.1'],
  ])('is %s', (_, annotations, devices, device) => {
    expect(tunnelOf({ annotations, devices })).toMatchObject({ device, vni: Number(device.split('.')[1]) });
  });
});

describe('the tunnels of several nodes', () => {
  const at = (port: number | undefined) => ({ device: 'flannel.1', vni: 1, port, source: 'its socket' });

  it('that cannot be read have the port of most others', () => {
    const tunnels = agreed(
      new Map([
        ['a', at(4789)],
        ['b', at(4789)],
        ['c', at(8472)],
        ['d', at(undefined)],
      ]),
    );
    expect([...tunnels.values()].map(({ port }) => port)).toEqual([4789, 4789, 8472, 4789]);
  });

  it('are summed up by what most have', () => {
    expect(commonTunnel([at(8472), at(4789), at(4789)])).toMatchObject({ port: 4789 });
    expect(commonTunnel([])).toBeUndefined();
  });
});

describe('what carries pods from node to node, as words and as a filter', () => {
  it.each([
    ['flannel-vxlan', { port: 4789 }, 'UDP 4789', 'udp port 4789'],
    ['flannel-vxlan', {}, 'the overlay’s UDP port', 'udp'],
    ['calico-ipip', {}, 'IP protocol 4', 'ip proto 4'],
    ['flannel-host-gw', {}, 'the pods’ own packets', 'ip'],
    ['unknown', {}, 'what carries the pods’ packets', 'ip'],
  ] as const)('is for %s with %j %s', (kind, tunnel, text, filter) => {
    const whole = { source: '', ...tunnel };
    expect([wireText({ kind }, whole), wireFilter({ kind }, whole)]).toEqual([text, filter]);
  });
});
