import { expect, test } from 'vitest';
import {
  arrival,
  heard,
  indexPairs,
  left,
  losesAPart,
  verdictOf,
  type PairView,
} from '../../../../helpers/diagnose/view/pairs.ts';
import type { ProbeObservation } from '../../../../helpers/model/observation.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { failing, podToPod } from '../../../support/cluster.ts';

const burst = (fields: Fields<'burst'> = {}) =>
  probeOf('burst', { source: at('host', 'a'), destination: at('host', 'b', { port: 8472 }), ...fields });
const { readings } = burst().got;
const echo = (fields: Fields<'udp-echo'>) =>
  probeOf('udp-echo', {
    suite: 'overlay',
    role: 'control-udp',
    source: at('host', 'a'),
    destination: at('host', 'b'),
    ...fields,
  });
const pairOf = (...probes: ProbeObservation[]): PairView => indexPairs(probes).get('a b') as PairView;

test.each<[what: string, arrived: string, more: Partial<typeof readings>]>([
  ['that came to the uplink as a whole', 'all', {}],
  ['of which a twentieth is missing', 'all', { receiverUplinkRx: 48, tunnelRx: 0 }],
  ['that is whole but for what the noise may be off by', 'all', { receiverUplinkRx: 40, tunnelRx: 0, uplinkNoise: 10 }],
  ['of which a quarter came, which may be traffic of others,', 'none', { receiverUplinkRx: 12, tunnelRx: 0 }],
  ['of which half came', 'part', { receiverUplinkRx: 25, tunnelRx: 0 }],
  ['that the traffic of others drowns', 'unknown', { uplinkNoise: 25 }],
  ['of which more came out of the tunnel than in by the uplink', 'unknown', { receiverUplinkRx: 0, tunnelRx: 50 }],
  ['at whose receiver nothing was read', 'unknown', { receiverUplinkRx: undefined }],
  ['that was not sent', 'unknown', { sent: 0 }],
])('a burst %s has arrived: %s', (_, arrived, more) => {
  expect(arrival({ ...readings, ...more })).toBe(arrived);
});

test('a burst has left where the uplink counted nearly all of it, and it is unknown where that was not read', () => {
  expect(left({ ...readings, senderUplinkTx: 48 })).toBe(true);
  expect(left({ ...readings, senderUplinkTx: 47 })).toBe(false);
  expect(left({ ...readings, senderUplinkTx: undefined })).toBeUndefined();
});

test('several probes fail when one does, and say nothing when none was judged', () => {
  const [pass, fail] = [podToPod('a', 'b'), podToPod('a', 'b', failing('timeout'))];
  const unseen = podToPod('a', 'b', { verdict: 'inconclusive', reason: 'not heard' });
  expect(verdictOf([pass, fail, unseen])).toBe('fail');
  expect(verdictOf([pass, unseen])).toBe('pass');
  expect(verdictOf([unseen])).toBeUndefined();
  expect(verdictOf([])).toBeUndefined();
});

test('an answer is heard whatever it says, and so is a refusal; silence is not', () => {
  const ended = (errorKind: Parameters<typeof failing>[0]) => heard(podToPod('a', 'b', failing(errorKind)));
  expect((['refused', 'reset', 'http-status', 'tls', 'wrong-identity'] as const).map(ended)).not.toContain(false);
  expect((['timeout', 'no-route', 'no-reply', 'prohibited'] as const).map(ended)).not.toContain(true);
  expect(heard(podToPod('a', 'b', { ...failing('timeout'), attempts: 3, succeeded: 1 }))).toBe(true);
});

test('a pair is what one node sends another, with its bursts by what they are', () => {
  const pairs = indexPairs([
    burst({ id: 'o1' }),
    burst({ id: 'o2', role: 'plain-burst', verdict: 'evidence' }),
    podToPod('b', 'a', { id: 'o3' }),
    podToPod('a', 'a', { id: 'o4' }),
  ]);
  expect([...pairs.keys()]).toEqual(['a b', 'b a']);
  expect(pairs.get('a b')?.bursts.map(({ id, port }) => `${id} ${port}`)).toEqual(['o1 8472']);
  expect(pairs.get('a b')?.plainBursts.map(({ id }) => id)).toEqual(['o2']);
});

test('a pair loses a part by a burst that came out in part, or two echoes that lost some', () => {
  const partly = echo({ ...failing('partial-loss'), attempts: 10, succeeded: 7 });
  expect(losesAPart(pairOf(burst({ got: { outcome: 'lossy' } })))).toBe(true);
  expect(losesAPart(pairOf(partly, { ...partly, id: 'o2' }))).toBe(true);
  expect(losesAPart(pairOf(partly))).toBe(false);
  expect(losesAPart(pairOf(burst(), echo(failing('no-reply'))))).toBe(false);
});

test('a pair loses a part where datagrams pass slowly and not at once', () => {
  expect(losesAPart(pairOf(echo({ role: 'control-udp-slow', succeeded: 3 })))).toBe(true);
  expect(losesAPart(pairOf(echo({ role: 'control-udp-slow', ...failing('no-reply') })))).toBe(false);
});
