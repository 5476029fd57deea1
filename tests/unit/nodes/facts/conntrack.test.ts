import { expect, test } from 'vitest';
import { readConnections } from '../../../../helpers/nodes/facts/conntrack.ts';

const dns = { source: '10.42.2.18', destination: '10.43.0.10', sourcePort: 37_254, destinationPort: 53 };
const answer = { source: '10.42.1.4', destination: '10.42.2.18', sourcePort: 53, destinationPort: 37_254 };
const ends =
  'src=10.42.2.18 dst=10.43.0.10 sport=37254 dport=53 [UNREPLIED] src=10.42.1.4 dst=10.42.2.18 sport=53 dport=37254';

test.each([
  ['UDP without an answer', `udp      17 17 ${ends} mark=0 use=1`, { protocol: 'udp', unreplied: true }],
  ['TCP with its state', `tcp      6 96 SYN_SENT ${ends} mark=0 use=1`, { protocol: 'tcp', state: 'SYN_SENT' }],
  ['a family in front', `ipv4     2 udp      17 17 ${ends} mark=0 use=1`, { protocol: 'udp' }],
  [
    'an answer and counters',
    `udp 17 17 ${ends.replace('[UNREPLIED]', 'packets=1 bytes=60')} packets=1 bytes=60 [ASSURED] mark=0 use=1`,
    { unreplied: undefined },
  ],
])('a connection of %s is read with both directions', (_, line, expected) => {
  expect(readConnections(line)).toEqual([expect.objectContaining({ original: dns, reply: answer, ...expected })]);
});

test('a connection of ICMP, which has no ports, is read without them', () => {
  const line =
    'icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=7';
  expect(readConnections(line)).toEqual([
    {
      protocol: 'icmp',
      original: { source: '10.0.0.1', destination: '10.0.0.2' },
      reply: { source: '10.0.0.2', destination: '10.0.0.1' },
    },
  ]);
});

test('what conntrack says besides is passed over', () => {
  expect(readConnections('conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.\n')).toEqual([]);
});
