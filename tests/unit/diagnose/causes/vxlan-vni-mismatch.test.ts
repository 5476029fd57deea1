import { expect, test } from 'vitest';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, cutOff, fact, found } from '../../../support/cluster.ts';

const CODE = 'vxlan-vni-mismatch';
const device = (vni: number) =>
  fact('ssh/ip-link', [{ name: 'flannel.1', kind: 'vxlan', flags: ['UP'], vxlan: { vni, port: 8472 } }], 'b');

/** A burst that arrived at the receiver's uplink, came out of no tunnel and moved these counters of UDP. */
const swallowed = (receiverUdp: Record<string, number> = {}) =>
  probeOf('burst', {
    source: at('host', 'a'),
    destination: at('host', 'b', { ip: '10.0.0.2', port: 8472 }),
    verdict: 'fail',
    got: {
      outcome: 'arrives-dropped',
      readings: {
        sent: 100,
        sendErrors: {},
        senderUplinkTx: 100,
        receiverUplinkRx: 100,
        tunnelRx: 0,
        receiverUdp,
        tunnelNoise: 0,
        uplinkNoise: 0,
        controlUdp: 'pass',
        controlTcp: 'pass',
      },
    },
  });

test('a tunnel device of another network identifier than the cluster has is proved by the device', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), device(2))).toEqual(['proved at b']);
});

test('a burst that vanishes before the tunnel without a counter makes the identifier a candidate', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), swallowed())).toEqual(['candidate at b']);
});

test('a device of the right identifier is not blamed, whatever vanishes', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), swallowed(), device(1))).toEqual([]);
});

test('a burst that UDP itself counts as unwanted did not vanish', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), swallowed({ NoPorts: 100 }))).toEqual([]);
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), swallowed({ InErrors: 100 }))).toEqual([]);
});
