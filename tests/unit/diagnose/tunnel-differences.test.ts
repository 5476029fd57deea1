import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import type { Crosses } from '../../../helpers/model/observation.ts';
import type { Overlay, Tunnel } from '../../../helpers/model/overlay.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';
import { fact } from '../../support/cluster.ts';
import { at, probeOf } from '../../support/observations.ts';

const overlay: Overlay = { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' };
const usual: Tunnel = { device: 'flannel.1', vni: 1, port: 8472, source: 'its socket' };
const names = ['a', 'b', 'c'];
const info = (name: string): NodeInfo => ({
  name,
  role: 'agent',
  internalIp: '10.0.0.1',
  podCidrs: [],
  ready: true,
  unschedulable: false,
  kubeletVersion: 'v1.34.4',
  annotations: {},
});

/** What is found where some nodes have another tunnel: what is sent to a port that is not the receiver's is lost. */
function found(odd: Record<string, Partial<Tunnel>>, nodes = names): string[] {
  const tunnelOf = (name: string): Tunnel => ({ ...usual, ...odd[name] });
  const tunnels = new Map(nodes.map((name) => [name, tunnelOf(name)]));
  const isAlike = (from: string, to: string) =>
    tunnels.get(from)?.port === tunnels.get(to)?.port && tunnels.get(from)?.vni === tunnels.get(to)?.vni;
  const pairs = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): [string, string] => [from, to]));
  const observations = [
    fact('overlay', overlay),
    ...nodes.flatMap((name) => [fact('node', info(name), name), fact('tunnel', tunnelOf(name), name)]),
    ...pairs.flatMap(([from, to]) => {
      const open = isAlike(from, to);
      const readings = { ...probeOf('burst').got.readings, sent: 100, senderUplinkTx: 100, receiverUplinkRx: 100 };
      const isHeard = tunnels.get(from)?.port === tunnels.get(to)?.port;
      const receiverUdp: Record<string, number> = isHeard ? {} : { NoPorts: 100 };
      const crosses = { underlay: [[from, to]], overlay: [[from, to]], size: 'small' as const } satisfies Crosses;
      return [
        probeOf('burst', {
          id: `burst ${from} ${to}`,
          source: at('host', from),
          destination: at('host', to, { port: tunnels.get(from)?.port }),
          crosses,
          verdict: open ? 'pass' : 'fail',
          got: {
            outcome: open ? 'open' : 'arrives-dropped',
            readings: { ...readings, tunnelRx: open ? 100 : 0, receiverUdp },
          },
        }),
        probeOf('udp-echo', {
          id: `echo ${from} ${to}`,
          suite: 'overlay',
          role: 'tunnel-echo',
          source: at('host', from),
          destination: at('host', to),
          crosses,
          verdict: open ? 'pass' : 'fail',
          ...(!open && { errorKind: 'timeout' }),
        }),
      ];
    }),
  ];
  return diagnose(observations).findings.map(
    ({ code, confidence, locations }) => `${confidence} ${code} ${locations.map(({ node }) => node).join(' ')}`,
  );
}

describe('a node whose tunnel differs from the others', () => {
  it.each([
    ['by its UDP port', { c: { port: 4789 } }],
    ['by its network identifier', { c: { vni: 9, device: 'flannel.9' } }],
    ['by both', { c: { vni: 9, device: 'flannel.9', port: 4789 } }],
  ])('%s is named, and no other node is', (_, odd) => {
    expect(found(odd)).toEqual(['proved vxlan-vni-mismatch c']);
  });

  it('is one of two, and which of them is odd stays open', () => {
    expect(found({ b: { vni: 9, device: 'flannel.9' } }, ['a', 'b'])).toContainEqual(
      expect.stringMatching(/^candidate vxlan-vni-mismatch/),
    );
  });

  it('is nothing to find where all have the same unusual port', () => {
    expect(found(Object.fromEntries(names.map((name) => [name, { port: 4789 }])))).toEqual([]);
  });
});
