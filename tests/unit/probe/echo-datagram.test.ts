import { assert, integer, ipV4, ipV6, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  MIN_QUESTION_BYTES,
} from '../../../helpers/probe/agent/echo-datagram.ts';

const KEY = 'a key';
const answerTo = (datagram: Buffer, identity = { node: 'n1', pod: 'probe-x', network: 'host' }, client = '10.0.0.7') =>
  encodeAnswer(decodeQuestion(KEY, datagram) ?? Buffer.alloc(0), identity, client, datagram.length);

describe('a question of the UDP echo', () => {
  test('is understood by who has its key, and by nobody else', () => {
    const { datagram, nonce } = encodeQuestion(KEY, 64);
    expect(decodeQuestion(KEY, datagram)?.toString('hex')).toBe(nonce);
    expect(decodeQuestion('another key', datagram)).toBeUndefined();
  });

  test('without a key is understood by nobody, not even by an agent without one', () => {
    expect(decodeQuestion('', encodeQuestion('', 64).datagram)).toBeUndefined();
  });

  test('deserves no answer once any bit of its magic or proof is another', () => {
    const { datagram } = encodeQuestion(KEY, 64);
    for (let bit = 0; bit < 28 * 8; bit += 1) {
      const changed = Buffer.from(datagram);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(decodeQuestion(KEY, changed)).toBeUndefined();
    }
  });

  test('deserves no answer when it is too short to hold one', () => {
    const { datagram } = encodeQuestion(KEY, MIN_QUESTION_BYTES);
    expect(decodeQuestion(KEY, datagram)).toBeDefined();
    expect(decodeQuestion(KEY, datagram.subarray(0, -1))).toBeUndefined();
  });

  test('has the size that was asked for, from the least that it takes', () => {
    expect([0, 64, 1400].map((bytes) => encodeQuestion(KEY, bytes).datagram.length)).toEqual([36, 64, 1400]);
  });
});

describe('an answer of the UDP echo', () => {
  test('says who answers, who asked and how much arrived', () => {
    const { datagram, nonce } = encodeQuestion(KEY, 64);
    expect(decodeAnswer(answerTo(datagram))).toEqual({
      nonce,
      peer: { node: 'n1', pod: 'probe-x', network: 'host' },
      clientAddress: '10.0.0.7',
      receivedBytes: 64,
    });
  });

  test.each([
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['fd00:0:0::7', 'fd00::7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('names a client %s as %s', (client, shown) => {
    expect(decodeAnswer(answerTo(encodeQuestion(KEY, 64).datagram, undefined, client))?.clientAddress).toBe(shown);
  });

  test('leaves out a name that does not fit, and never cuts one', () => {
    const node = 'ip-10-0-12-231.eu-central-1.compute.internal';
    const peerFor = (bytes: number) =>
      decodeAnswer(answerTo(encodeQuestion(KEY, bytes).datagram, { node, pod: 'probe-pod-abcde', network: 'pod' }))
        ?.peer;
    expect(peerFor(64)).toEqual({ node: '', pod: 'probe-pod-abcde', network: 'pod' });
    expect(peerFor(75)).toEqual({ node, pod: '', network: 'pod' });
    expect(peerFor(120)).toEqual({ node, pod: 'probe-pod-abcde', network: 'pod' });
  });

  test('is never longer than its question, whatever the names, the client and the size', () => {
    assert(
      property(
        string({ maxLength: 253 }),
        string({ maxLength: 63 }),
        oneof(ipV4(), ipV6()),
        integer({ min: 0, max: 2000 }),
        (node, pod, client, bytes) => {
          const { datagram } = encodeQuestion(KEY, bytes);
          expect(answerTo(datagram, { node, pod, network: 'pod' }, client).length).toBeLessThanOrEqual(datagram.length);
        },
      ),
    );
  });

  test('is not read from what is none', () => {
    const { datagram } = encodeQuestion(KEY, 64);
    const answer = answerTo(datagram);
    for (const stranger of [Buffer.alloc(0), Buffer.from('hello'), datagram, answer.subarray(0, 22)])
      expect(decodeAnswer(stranger)).toBeUndefined();
  });
});
