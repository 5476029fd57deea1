import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactsSpec } from '../../../helpers/probe/protocol.ts';
import { probeOne } from './support/agent.ts';
import { canMakeNamespaces, makePair } from './support/netns.ts';

const facts = (...sets: FactsSpec['sets']) => ({ id: 'f', kind: 'facts' as const, sets });

/** What a newer client may ask: a set that this agent does not know. */
const unknownSet = (...known: FactsSpec['sets']): FactsSpec =>
  JSON.parse(JSON.stringify({ ...facts(...known), sets: [...known, 'weather'] }));

describe.skipIf(!canMakeNamespaces)('facts of a host', () => {
  let pair: ReturnType<typeof makePair>;
  beforeAll(() => {
    pair = makePair();
    const { a } = pair;
    a.run(
      'ip',
      'link',
      'add',
      'flannel.1',
      'mtu',
      '1450',
      'address',
      '02:00:00:00:00:0a',
      'type',
      'vxlan',
      'id',
      '1',
      'dstport',
      '8472',
      'local',
      '192.0.2.1',
      'dev',
      'up0',
      'nolearning',
    );
    a.run('ip', 'addr', 'add', '10.42.0.0/32', 'dev', 'flannel.1');
    a.run('ip', 'link', 'set', 'flannel.1', 'up');
    a.run('ip', 'route', 'add', '10.42.1.0/24', 'via', '10.42.1.0', 'dev', 'flannel.1', 'onlink');
    a.run('ip', 'route', 'add', 'blackhole', '10.99.0.0/16');
    a.run('ip', 'link', 'add', 'cni0', 'type', 'bridge');
    a.run('ip', 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1');
    a.run('ip', 'link', 'set', 'veth0', 'master', 'cni0');
    a.run('ip', 'link', 'set', 'veth0', 'type', 'bridge_slave', 'hairpin', 'on');
    a.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.up0.rp_filter=2');
  });
  afterAll(() => pair.remove());

  test('routes tell destination, gateway and device, and which refuse', async () => {
    const { got } = await probeOne(facts('routes'), { prefix: pair.a.prefix });
    expect(got['routes']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          destination: '10.42.1.0/24',
          gateway: '10.42.1.0',
          device: 'flannel.1',
          reject: false,
        }),
        expect.objectContaining({ destination: '192.0.2.0/24', device: 'up0' }),
        expect.objectContaining({ destination: '10.99.0.0/16', reject: true }),
      ]),
    );
  });

  test('links tell MTU, MAC, kind, master and hairpin mode', async () => {
    const { got } = await probeOne(facts('links'), { prefix: pair.a.prefix });
    expect(got['links']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'flannel.1',
          mtu: 1450,
          address: '02:00:00:00:00:0a',
          kind: 'vxlan',
          addresses: expect.arrayContaining(['10.42.0.0/32']),
        }),
        expect.objectContaining({ name: 'up0', mtu: 1500, operstate: 'up', flags: ['up', 'broadcast', 'multicast'] }),
        expect.objectContaining({ name: 'veth0', master: 'cni0', hairpin: true }),
        expect.objectContaining({ name: 'cni0', kind: 'bridge' }),
      ]),
    );
  });

  test(
    'sysctls are numbers by name, those of each device among ' + 'them, and what the kernel lacks is absent',
    async () => {
      const { got } = await probeOne(facts('sysctls'), { prefix: pair.a.prefix });
      expect(got['sysctls']).toMatchObject({
        'net.ipv4.ip_forward': 1,
        'net.ipv4.conf.up0.rp_filter': 2,
        'net.ipv4.conf.flannel.1.forwarding': 1,
      });
      expect(Object.values(got['sysctls'] ?? {})).not.toContain(null);
    },
  );

  test("the kernel's own VXLAN socket is among the UDP sockets", async () => {
    const { got } = await probeOne(facts('sockets'), { prefix: pair.a.prefix });
    expect(got).toMatchObject({ sockets: { udp: expect.arrayContaining([expect.objectContaining({ port: 8472 })]) } });
  });

  test('counters carry the time of the node and rise with what is received', async () => {
    const read = () => probeOne(facts('counters', 'conntrack'), { prefix: pair.b.prefix });
    const before = await read();
    await probeOne(
      {
        id: 'u',
        kind: 'burst',
        host: '192.0.2.2',
        port: 9,
        vni: 1,
        count: 7,
        payloadBytes: 50,
        shape: 'random',
        timeoutMs: 1000,
      },
      { prefix: pair.a.prefix },
    );
    const after = await read();
    const at = ({ got }: typeof before, ...path: string[]) =>
      path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), got['counters']);
    const rise = (...path: string[]) => Number(at(after, ...path)) - Number(at(before, ...path));
    expect(rise('snmp', 'Udp', 'NoPorts')).toBe(7);
    expect(rise('devices', 'up0', 'rx_packets')).toBeGreaterThanOrEqual(7);
    expect(rise('takenAtMs')).toBeGreaterThan(0);
    expect(after.got).toMatchObject({
      counters: { netstat: { TcpExt: {} }, softnet: {} },
      conntrack: { count: expect.any(Number), max: expect.any(Number) },
    });
  });

  test('a /sys of another network namespace is not believed', async () => {
    // nsenter changes the network and leaves the mounts, as a pod would be that kept an outer /sys.
    const { got } = await probeOne(facts('links', 'counters'), {
      prefix: ['nsenter', `--net=/run/netns/${pair.a.name}`],
    });
    expect(got['links']).toEqual(
      expect.arrayContaining([{ name: 'up0', addresses: expect.arrayContaining(['192.0.2.1/24']) }]),
    );
    expect(JSON.stringify(got['links'])).not.toContain('mtu');
    expect(got).toMatchObject({ counters: { devices: { 'flannel.1': { rx_packets: expect.any(Number) } } } });
    expect(execFileSync('cat', ['/proc/net/dev'], { encoding: 'utf8' })).not.toContain('flannel.1');
  });

  test('a set that the agent does not know is named, and the others are read', async () => {
    const { got, error } = await probeOne(unknownSet('resolv'));
    expect(error).toBeUndefined();
    expect(got).toMatchObject({ resolv: {}, notObserved: { weather: 'this agent knows no such set' } });
  });

  test('facts of which nothing could be read are not observed', async () => {
    expect(await probeOne(unknownSet())).toMatchObject({ succeeded: 0, error: { kind: 'not-observed' } });
  });
});
