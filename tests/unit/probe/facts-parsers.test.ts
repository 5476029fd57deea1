import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reversedIpv6 } from '../../../helpers/probe/agent/facts/hex-address.ts';
import { parseProtocolCounters } from '../../../helpers/model/protocol-counters.ts';
import { parseResolv } from '../../../helpers/probe/agent/facts/parse-resolv.ts';
import { parseRoutes } from '../../../helpers/probe/agent/facts/parse-routes.ts';
import { parseSockets } from '../../../helpers/probe/agent/facts/parse-sockets.ts';
import {
  isAnotherCard,
  parseKernelStat,
  parseDevices,
  parseSoftnet,
} from '../../../helpers/probe/agent/facts/parse-tables.ts';

const word = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/)
  .filter((text) => !['__proto__', 'constructor'].includes(text));
const value = fc.nat();
const byte = fc.integer({ min: 0, max: 255 });
const hex = (bytes: readonly number[]): string =>
  bytes.map((each) => each.toString(16).padStart(2, '0').toUpperCase()).join('');

/** What counters that count up from two numbers read as. */
const device = (rx_bytes: number, tx_bytes: number) => ({
  rx_bytes,
  rx_packets: rx_bytes + 1,
  rx_errors: rx_bytes + 2,
  rx_dropped: rx_bytes + 3,
  tx_bytes,
  tx_packets: tx_bytes + 1,
  tx_errors: tx_bytes + 2,
  tx_dropped: tx_bytes + 3,
});

describe('/proc/net/snmp', () => {
  test('what was written by protocol, name and value is what is read', () => {
    const table = fc.dictionary(word, fc.dictionary(word, value, { minKeys: 1, noNullPrototype: true }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(table, (protocols) => {
        const text = Object.entries(protocols).map(
          ([name, counters]) =>
            `${name}: ${Object.keys(counters).join(' ')}\n${name}: ${Object.values(counters).join(' ')}\n`,
        );
        expect(parseProtocolCounters(text.join(''))).toEqual(protocols);
      }),
    );
  });

  test('nothing that it may hold makes it throw', () => {
    const parsers: ((text: string) => unknown)[] = [
      parseProtocolCounters,
      parseDevices,
      parseKernelStat,
      parseSoftnet,
      parseRoutes,
      parseResolv,
      (text) => parseSockets(text, 'tcp'),
    ];
    const token = fc.constantFrom(
      '\n',
      '\t',
      ' ',
      ':',
      '0',
      'FFFFFFFF',
      '0A',
      '0100007F:20B9',
      'eth0',
      '-1',
      'Udp:',
      '__proto__:',
      '*',
      '#',
      'search',
      '\u0000',
    );
    const garbled = fc.oneof(
      fc.string(),
      fc.array(token).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(garbled, (text) => {
        expect(() => parsers.map((parse) => parse(text))).not.toThrow();
      }),
    );
  });

  test('a negative value is a value', () => {
    expect(parseProtocolCounters('Tcp: RtoMax MaxConn\nTcp: 120000 -1\n')).toEqual({
      Tcp: { RtoMax: 120_000, MaxConn: -1 },
    });
  });
});

describe('/proc/net/dev', () => {
  test('columns have the names that /sys gives them', () => {
    const text = [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls ' +
        'carrier compressed',
      '    lo:       1       2    3    4    5     6          7         8        9      10   11   12    0     0   ' +
        '    0          0',
      'flannel.1:21 22 23 24 0 0 0 0 29 30 31 32 0 0 0 0',
    ].join('\n');
    expect(parseDevices(text)).toEqual({ lo: device(1, 9), 'flannel.1': device(21, 29) });
  });
});

describe('/proc/net/route', () => {
  const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

  test('default, overlay, bridge and refusing routes are readable', () => {
    const text = `${header}eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
flannel.1\t00012A0A\t00012A0A\t0003\t0\t0\t0\t00FFFFFF\t1450\t0\t0
cni0\t00002A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t00002B0A\t00000000\t0200\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
    expect(parseRoutes(text)).toEqual([
      { destination: '0.0.0.0/0', gateway: '192.0.2.1', device: 'eth0', metric: 100, mtu: 0, reject: false, up: true },
      {
        destination: '10.42.1.0/24',
        gateway: '10.42.1.0',
        device: 'flannel.1',
        metric: 0,
        mtu: 1450,
        reject: false,
        up: true,
      },
      { destination: '10.42.0.0/24', device: 'cni0', metric: 0, mtu: 0, reject: false, up: true },
      { destination: '10.43.0.0/16', metric: 0, mtu: 0, reject: true, up: false },
    ]);
  });

  test('every address and every prefix length comes back as it was written', () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.integer({ min: 0, max: 32 }), (address, length) => {
        const mask = length === 0 ? 0 : (0xff_ff_ff_ff << (32 - length)) >>> 0;
        const maskBytes = [mask >>> 24, (mask >>> 16) & 255, (mask >>> 8) & 255, mask & 255];
        const [to, netmask] = [hex(address.toReversed()), hex(maskBytes.toReversed())];
        const line = `eth0\t${to}\t00000000\t0001\t0\t0\t0\t${netmask}\t0\t0\t0`;
        expect(parseRoutes(header + line).map(({ destination }) => destination)).toEqual([
          `${address.join('.')}/${length}`,
        ]);
      }),
    );
  });
});

describe('/proc/net/tcp and udp', () => {
  test('only sockets that wait for anybody are listed, with address and port', () => {
    const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:20B9 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65534        0 1150 1
   1: 0100007F:20B9 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 1151 1`;
    expect(parseSockets(tcp, 'tcp')).toEqual([{ address: '127.0.0.1', port: 8377, uid: 65_534 }]);
    expect(
      parseSockets(
        '  12: 00000000:2118 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 0 2',
        'udp',
      ),
    ).toEqual([{ address: '0.0.0.0', port: 8472, uid: 0 }]);
  });

  test.for([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000100007F', '127.0.0.1'],
    ['B80D0120000000000000000001000000', '2001:db8::1'],
    // Little-endian words of four bytes, so the halves of each come swapped.
    ['B80D0120010000000200000003000400', '2001:db8:0:1:0:2:4:3'],
  ] as const)('%s is %s', ([text, address]) => {
    expect(reversedIpv6(text)).toBe(address);
  });
});

describe('tables of CPUs', () => {
  test('conntrack statistics are summed over the CPUs, but for the number of entries', () => {
    expect(
      parseKernelStat('entries  found insert_failed\n0000000a 00000001 00000002\n0000000a 0000000f 00000000\n'),
    ).toEqual({ entries: 10, found: 16, insert_failed: 2 });
  });

  test('softnet statistics are summed over the CPUs', () => {
    expect(parseSoftnet('0000000d 00000001 00000002 0\n0000000f 00000000 00000001 0\n')).toEqual({
      processed: 28,
      dropped: 1,
      timeSqueeze: 3,
    });
  });
});

describe('resolv.conf', () => {
  test('the last search list wins, and comments are no values', () => {
    expect(
      parseResolv(
        '# made by kubelet\nsearch old.example\nsearch shop.svc.cluster.local svc.cluster.local ; no\nnameserver ' +
          '10.43.0.10\nnameserver 10.43.0.11 # second\noptions ndots:5\n',
      ),
    ).toEqual({
      nameservers: ['10.43.0.10', '10.43.0.11'],
      search: ['shop.svc.cluster.local', 'svc.cluster.local'],
      options: ['ndots:5'],
    });
  });
});

// As those of Calico's IPIP, WireGuard and many a VPN: by them /sys of a sound node was not believed.
describe('a device in /sys', () => {
  test.each([
    ['another card by another address', '02:00:00:00:00:0a', '02:00:00:00:00:0b', true],
    ['another where it has no such file', undefined, '02:00:00:00:00:0a', true],
    ['the same by the same address', '02:00:00:00:00:0a', '02:00:00:00:00:0a', false],
    ['the same where a TUN device has no address', '', '00:00:00:00:00:00', false],
    ['the same where a tunnel of IPIP has its IPv4 address', '00:00:00:00', '00:00:00:00:00:00', false],
  ])('is %s', (_, shown, listed, expected) => {
    expect(isAnotherCard(shown, listed)).toBe(expected);
  });
});
