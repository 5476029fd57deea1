import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { macBytes, NOBODYS_MAC, plainPayload, vxlanPayload } from '../../../helpers/probe/agent/vxlan-frame.ts';
import { probeOne } from './support/agent.ts';
import { canMakeNamespaces, drop, makePair, type Netns } from './support/netns.ts';

const burst = (more: object = {}) => ({
  id: 'b',
  kind: 'burst' as const,
  host: '192.0.2.2',
  port: 8472,
  vni: 1,
  count: 20,
  payloadBytes: 120,
  shape: 'vxlan' as const,
  timeoutMs: 2000,
  ...more,
});

/** What the VXLAN device has received, as an agent in the namespace reads it. */
async function received(netns: Netns): Promise<number> {
  const { got } = await probeOne({ id: 'f', kind: 'facts', sets: ['counters'] }, { prefix: netns.prefix });
  expect(got).toHaveProperty(['counters', 'devices', 'flannel.1', 'rx_packets']);
  const { counters } = z
    .object({ counters: z.object({ devices: z.record(z.string(), z.record(z.string(), z.number())) }) })
    .parse(got);
  return counters.devices['flannel.1']?.['rx_packets'] ?? Number.NaN;
}

describe('a VXLAN-shaped payload', () => {
  test('has the header of RFC 7348 and an Ethernet frame to a local address that nobody owns', () => {
    const payload = vxlanPayload(0x01_02_03, 60);
    expect(payload).toHaveLength(60);
    expect(payload.subarray(0, 8).toString('hex')).toBe('0800000001020300');
    expect(payload.subarray(8, 14)).toEqual(macBytes(NOBODYS_MAC));
    expect((payload[8] ?? 0) & 0x03).toBe(0x02);
    expect(payload.subarray(20, 22).toString('hex')).toBe('88b5');
  });

  test('its plain counterpart is as long and has no VXLAN flag', () => {
    expect(plainPayload(60)).toHaveLength(60);
    expect(plainPayload(60)[0]).toBe(0);
  });
});

describe.skipIf(!canMakeNamespaces)('a burst to a host with a VXLAN device', () => {
  let pair: ReturnType<typeof makePair>;
  beforeAll(() => {
    pair = makePair();
    pair.b.run('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1');
    pair.b.run(
      'ip',
      'link',
      'add',
      'flannel.1',
      'type',
      'vxlan',
      'id',
      '1',
      'dstport',
      '8472',
      'local',
      '192.0.2.2',
      'dev',
      'up0',
      'nolearning',
    );
    pair.b.run('ip', 'link', 'set', 'flannel.1', 'up');
  });
  afterAll(() => pair.remove());

  /** Packets that the far end's agent sees come out of the device while something happens. */
  async function rise(work: () => Promise<unknown>): Promise<number> {
    const before = await received(pair.b);
    await work();
    return (await received(pair.b)) - before;
  }

  test('raises its received packets by just the number sent', async () => {
    expect(
      await rise(async () => {
        expect(await probeOne(burst(), { prefix: pair.a.prefix })).toMatchObject({
          attempts: 20,
          succeeded: 20,
          got: { sent: 20, sendErrors: {}, payloadBytes: 120 },
        });
      }),
    ).toBe(20);
  });

  test('leaves it alone with another VNI or without a VXLAN header', async () => {
    expect(await rise(() => probeOne(burst({ vni: 2 }), { prefix: pair.a.prefix }))).toBe(0);
    expect(await rise(() => probeOne(burst({ shape: 'random' }), { prefix: pair.a.prefix }))).toBe(0);
  });

  test('arrives whole where no device listens, and says that the far end refused it', async () => {
    const noPorts = () => Number(pair.b.run('nstat', '-asz', 'UdpNoPorts').split(/\s+/)[2]);
    const before = noPorts();
    const { got } = await probeOne(burst({ port: 8473 }), { prefix: pair.a.prefix });
    expect(noPorts() - before).toBe(20);
    expect(got).toMatchObject({ sent: 20, sendErrors: { refused: expect.any(Number) } });
  });

  test('counts what its own netfilter drops as not sent', async () => {
    drop(pair.a, 'output', 'udp dport 8472');
    expect(
      await rise(async () => {
        expect(await probeOne(burst(), { prefix: pair.a.prefix })).toMatchObject({
          succeeded: 0,
          error: { kind: 'prohibited' },
          got: { sent: 0, sendErrors: { prohibited: 20 } },
        });
      }),
    ).toBe(0);
    pair.a.run('nft', 'flush', 'ruleset');
  });

  test('arrives nowhere where the path drops it, though every datagram was sent', async () => {
    drop(pair.b, 'input', 'udp dport 8472');
    expect(
      await rise(async () => {
        expect(await probeOne(burst(), { prefix: pair.a.prefix })).toMatchObject({ succeeded: 20, got: { sent: 20 } });
      }),
    ).toBe(0);
    pair.b.run('nft', 'flush', 'ruleset');
  });
});
