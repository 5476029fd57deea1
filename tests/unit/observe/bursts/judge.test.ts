import { describe, expect, test } from 'vitest';
import { isDoubtful, judgeVxlan, verdictOf } from '../../../../helpers/observe/overlay/bursts/judge.ts';

type Readings = Parameters<typeof judgeVxlan>[0];

/** A burst of 100 that left the sender and came to nobody, over a quiet way whose other ports work. */
const lost: Readings = {
  sent: 100,
  sendErrors: {},
  senderUplinkTx: 100,
  receiverUplinkRx: 0,
  tunnelRx: 0,
  receiverUdp: {},
  tunnelNoise: 0,
  uplinkNoise: 0,
  controlUdp: 'pass',
  controlTcp: 'pass',
};
const judge = (readings: Partial<Readings>) => judgeVxlan({ ...lost, ...readings });

describe('judging a burst', () => {
  test.each<[what: string, outcome: string, readings: Partial<Readings>]>([
    ['of which all came out of the tunnel', 'open', { tunnelRx: 100, receiverUplinkRx: 100 }],
    ['of which all but a twentieth came out of the tunnel', 'open', { tunnelRx: 95, receiverUplinkRx: 95 }],
    ['of which more came out than was sent, by traffic of others,', 'open', { tunnelRx: 130 }],
    ['of which half came out of the tunnel', 'lossy', { tunnelRx: 50, receiverUplinkRx: 50 }],
    ['of which just too little for an open way came out', 'lossy', { tunnelRx: 94 }],
    ['of which a few more came out than traffic of others explains', 'lossy', { tunnelRx: 11 }],
    ['of which nothing came to the uplink while another UDP port answers', 'blocked', {}],
    ['of which a tenth seems to come out, which may be others,', 'blocked', { tunnelRx: 10 }],
    ['that is lost while every UDP port is, and TCP connects,', 'all-udp-blocked', { controlUdp: 'fail' }],
    ['that is lost while nothing passes at all', 'node-unreachable', { controlUdp: 'fail', controlTcp: 'fail' }],
    ['for which the sender has no route', 'node-unreachable', { sendErrors: { 'no-route': 100 }, senderUplinkTx: 0 }],
    ['that came to the uplink and no further', 'arrives-dropped', { receiverUplinkRx: 100 }],
    ['that the receiver counts as wrong checksums', 'arrives-dropped', { receiverUdp: { InCsumErrors: 90 } }],
    ['that the receiver counts as sent to a closed port', 'arrives-dropped', { receiverUdp: { NoPorts: 100 } }],
    [
      'that arrived by an uplink whose other traffic may be off by as much',
      'arrives-dropped',
      { receiverUplinkRx: 60, uplinkNoise: 40 },
    ],
    ['of which a part came to the uplink and nothing out of the tunnel', 'inconclusive', { receiverUplinkRx: 26 }],
    [
      'of which less came out only if others sent as much meanwhile as before',
      'inconclusive',
      { tunnelRx: 90, tunnelNoise: 10 },
    ],
    ['of which less came out whatever others sent', 'lossy', { tunnelRx: 80, tunnelNoise: 10 }],
    ['that never left the sender', 'inconclusive', { senderUplinkTx: 94 }],
    ["that the sender's own firewall refused", 'inconclusive', { sendErrors: { prohibited: 100 } }],
    ['of which nothing was sent', 'inconclusive', { sent: 0 }],
    ['at whose receiver the tunnel was not read', 'inconclusive', { tunnelRx: undefined }],
    ['that is drowned by what the tunnel carries for others', 'inconclusive', { tunnelNoise: 50, tunnelRx: 100 }],
    ['that is drowned by what the uplink carries for others', 'inconclusive', { uplinkNoise: 50 }],
    ['whose receiver has no reading of its uplink', 'inconclusive', { receiverUplinkRx: undefined }],
    ['whose control over another port was not observed', 'inconclusive', { controlUdp: 'inconclusive' }],
  ])('a burst %s is judged %s', (_, outcome, readings) => {
    expect(judge(readings).outcome).toBe(outcome);
  });

  test('the reason names the counter of a checksum error or a closed port', () => {
    expect(judge({ receiverUdp: { InCsumErrors: 97 } }).reason).toContain('UdpInCsumErrors rose by 97');
    expect(judge({ receiverUdp: { NoPorts: 97 } }).reason).toContain('UdpNoPorts rose by 97');
  });

  test('a burst that a counter explains is not blocked in the path, whatever the controls say', () => {
    const readings = { receiverUdp: { NoPorts: 100 }, controlUdp: 'fail', controlTcp: 'fail' } as const;
    expect(judge(readings).outcome).toBe('arrives-dropped');
  });
});

describe('doubt', () => {
  test.each<[what: string, isSo: boolean, readings: Partial<Readings>]>([
    ['not where the way is open, however busy', false, { tunnelRx: 100, receiverUplinkRx: 100, uplinkNoise: 40 }],
    ['not where a part came out: a limited rate loses more of more', false, { tunnelRx: 50, uplinkNoise: 40 }],
    ['not where nothing arrived and the way is quiet', false, {}],
    ['where others send a fifth of the burst', true, { uplinkNoise: 20 }],
    ['where others send a fifth of the burst over the tunnel', true, { tunnelNoise: 20 }],
    ['where all came out unless others sent as before', true, { tunnelRx: 90, tunnelNoise: 10 }],
    ['where what arrived is neither nothing nor all', true, { receiverUplinkRx: 50 }],
    ['not where nothing could be sent', false, { sent: 0 }],
  ])('a judgement is doubtful: %s', (_, isSo, readings) => {
    const whole = { ...lost, ...readings };
    expect(isDoubtful(judgeVxlan(whole), whole)).toBe(isSo);
  });
});

test('only an open way passes, and what cannot be told is no failure', () => {
  expect(verdictOf('open')).toBe('pass');
  expect(verdictOf('inconclusive')).toBe('inconclusive');
  expect(verdictOf('lossy')).toBe('fail');
  expect(verdictOf('blocked')).toBe('fail');
});
