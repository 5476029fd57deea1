import { describe, expect, test } from 'vitest';
import {
  isComingOut,
  noiseBetween,
  readingsOf,
  type Counters,
} from '../../../../helpers/observe/overlay/bursts/readings.ts';

/** A node's counters: packets at its uplink and its tunnel, and datagrams for which UDP has no port. */
const counters = (
  takenAtMs: number,
  uplinkRx: number,
  tunnelRx: number,
  more: { tx?: number; noPorts?: number; tunnelTx?: number } = {},
): Counters => ({
  takenAtMs,
  devices: {
    eth0: { rx_packets: uplinkRx, tx_packets: more.tx ?? 0 },
    tunnel0: { rx_packets: tunnelRx, tx_packets: more.tunnelTx ?? 0 },
  },
  snmp: { Udp: { InErrors: 0, InCsumErrors: 0, NoPorts: more.noPorts ?? 0 } },
});

const quiet = { tunnelRxPerMs: 0, uplinkRxPerMs: 0, uplinkTxPerMs: 0 };
const burst = { sent: 100, sendErrors: {}, controlUdp: 'pass', controlTcp: 'pass' } as const;
const receiver = { uplink: 'eth0', tunnel: 'tunnel0', noise: quiet };

describe('the traffic of others', () => {
  test('the traffic of others is the rise between two readings, by the millisecond', () => {
    expect(noiseBetween(counters(1000, 500, 70), counters(1200, 900, 90), 'tunnel0', 'eth0')).toEqual({
      tunnelRxPerMs: 0.1,
      uplinkRxPerMs: 2,
      uplinkTxPerMs: 0,
    });
  });

  test('the traffic of others is none where a reading or a device is missing', () => {
    const none = { tunnelRxPerMs: 0, uplinkRxPerMs: 0, uplinkTxPerMs: 0 };
    expect(noiseBetween(undefined, counters(1200, 900, 90), 'tunnel0', 'eth0')).toEqual(none);
    expect(noiseBetween(counters(1000, 0, 0), counters(1200, 9, 9), 'tunnel1', 'eth1')).toEqual(none);
  });

  test('the traffic of others is none where a counter began anew', () => {
    expect(noiseBetween(counters(1000, 900, 0), counters(1200, 5, 0), 'tunnel0', 'eth0').uplinkRxPerMs).toBe(0);
  });
});

describe('what still comes out of a tunnel', () => {
  const [first, second] = [counters(1_000, 0, 100), counters(1_150, 0, 130)];

  test('is a rise of its counter', () => {
    expect(isComingOut(first, second, 'tunnel0', 0)).toBe(true);
    expect(isComingOut(first, first, 'tunnel0', 0)).toBe(false);
  });

  test('is no rise that others may make, nor one that was not read', () => {
    expect(isComingOut(first, second, 'tunnel0', 0.1)).toBe(false);
    expect(isComingOut(first, undefined, 'tunnel0', 0)).toBe(false);
    expect(isComingOut(first, second, 'gone0', 0)).toBe(false);
  });
});

describe('the readings of a burst', () => {
  test('a burst is read as the rises of the counters at both ends', () => {
    expect(
      readingsOf({
        ...burst,
        sender: { before: counters(0, 0, 0, { tx: 10 }), after: counters(50, 0, 0, { tx: 112 }), uplink: 'eth0' },
        receiver: { ...receiver, before: counters(0, 40, 5), after: counters(50, 141, 105, { noPorts: 2 }) },
      }),
    ).toMatchObject({ senderUplinkTx: 102, receiverUplinkRx: 101, tunnelRx: 100, receiverUdp: { NoPorts: 2 } });
  });

  test('a burst is read without what others send in the time of the burst, and never less than nothing', () => {
    const noise = { tunnelRxPerMs: 0.1, uplinkRxPerMs: 4, uplinkTxPerMs: 0 };
    const readings = readingsOf({
      ...burst,
      sender: { uplink: 'eth0' },
      receiver: { ...receiver, noise, before: counters(0, 0, 0), after: counters(50, 120, 100) },
    });
    expect(readings).toMatchObject({ receiverUplinkRx: 0, tunnelRx: 95, uplinkNoise: 200, tunnelNoise: 5 });
  });

  test('of a burst that the kernel wraps, what the tunnel handed on and what others send is read as well', () => {
    const noise = { ...quiet, uplinkTxPerMs: 0.2 };
    const sender = { uplink: 'eth0', wrapper: { tunnel: 'tunnel0', noise } };
    expect(readingsOf({ ...burst, sender, receiver })).toMatchObject({ senderTunnelTx: undefined });
    const readings = readingsOf({
      ...burst,
      sender: { ...sender, before: counters(0, 0, 0), after: counters(50, 0, 0, { tunnelTx: 100 }) },
      receiver: { ...receiver, before: counters(0, 0, 0), after: counters(50, 0, 0) },
    });
    expect(readings).toMatchObject({ senderTunnelTx: 100, senderUplinkNoise: 10 });
  });

  test('the readings of a burst are absent, not zero, where a node or a device was not read', () => {
    const readings = readingsOf({
      ...burst,
      sender: { before: counters(0, 0, 0), uplink: 'eth0' },
      receiver: { ...receiver, tunnel: 'gone0', before: counters(0, 0, 0), after: counters(50, 100, 0) },
    });
    expect(readings.senderUplinkTx).toBeUndefined();
    expect(readings.tunnelRx).toBeUndefined();
    expect(readings.receiverUplinkRx).toBe(100);
  });
});
