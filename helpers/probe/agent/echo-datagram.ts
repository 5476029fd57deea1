import ipaddr from 'ipaddr.js';
import { plainAddress, type Identity } from './identity.ts';
import { isProof, makeProof, NONCE_BYTES, PROOF_BYTES } from './proof.ts';

/*
 * Datagrams of the UDP echo. Question: magic, proof (a nonce and its MAC by the run's key), filling up to the asked
 * size. Answer: magic, the same nonce, how many bytes arrived, the client's address, and names as far as they fit. The
 * answer is small whatever the question's size, so that a loss by size is a loss on the way there; the way back is the
 * other node's probe. It is never longer than its question, so that nobody gains by a false source address.
 */
const QUESTION = Buffer.from('NWQ2');
const ANSWER = Buffer.from('NWA2');
const QUESTION_HEADER_BYTES = QUESTION.length + PROOF_BYTES;
const NETWORKS = ['pod', 'host'];

/** Of an answer: where its fields begin. */
const AT = { nonce: 4, receivedBytes: 16, network: 18, addressBytes: 19, address: 20 };
const IPV6_BYTES = 16;

/** The smallest question: an answer without names fits into it, whatever the client's address. */
export const MIN_QUESTION_BYTES = AT.address + IPV6_BYTES;

export interface Question {
  datagram: Buffer;
  /** In hexadecimal digits; the answer carries the same. */
  nonce: string;
}

const hex = (nonce: Buffer): string => nonce.toString('hex');

/** A question of `payloadBytes`, or of the least that a question takes. */
export function encodeQuestion(key: string, payloadBytes: number): Question {
  const proof = makeProof(key);
  const datagram = Buffer.alloc(Math.max(payloadBytes, MIN_QUESTION_BYTES), 0x6e);
  QUESTION.copy(datagram);
  proof.copy(datagram, QUESTION.length);
  return { datagram, nonce: hex(proof.subarray(0, NONCE_BYTES)) };
}

/**
 * The nonce of a question by a holder of the key; undefined for every other datagram, and for one without room for its
 * answer: neither deserves one.
 */
export function decodeQuestion(key: string, datagram: Buffer): Buffer | undefined {
  if (datagram.length < MIN_QUESTION_BYTES || !datagram.subarray(0, QUESTION.length).equals(QUESTION)) return undefined;
  const proof = datagram.subarray(QUESTION.length, QUESTION_HEADER_BYTES);
  return isProof(key, proof) ? proof.subarray(0, NONCE_BYTES) : undefined;
}

/** Names for as many bytes as there are: each whole, or empty, since half a name is a wrong one. */
function namesWithin(names: string[], bytes: number): Buffer {
  let left = bytes;
  const parts = names.map((name) => {
    const part = Buffer.from(name).length + 1 <= left ? Buffer.from(`${name}\0`) : Buffer.from('\0').subarray(0, left);
    left -= part.length;
    return part;
  });
  return Buffer.concat(parts);
}

export function encodeAnswer(
  nonce: Buffer,
  { node, pod, network }: Identity,
  clientAddress: string,
  receivedBytes: number,
): Buffer {
  const address = Buffer.from(ipaddr.process(clientAddress.replace(/%.*/, '')).toByteArray());
  const head = Buffer.alloc(AT.address);
  ANSWER.copy(head);
  nonce.copy(head, AT.nonce);
  head.writeUInt16BE(receivedBytes, AT.receivedBytes);
  head.writeUInt8(Math.max(0, NETWORKS.indexOf(network)), AT.network);
  head.writeUInt8(address.length, AT.addressBytes);
  const names = namesWithin([node, pod], receivedBytes - head.length - address.length);
  return Buffer.concat([head, address, names]);
}

export interface EchoAnswer {
  /** In hexadecimal digits. */
  nonce: string;
  /** A name for which the question had no room is empty. */
  peer: Identity;
  clientAddress: string;
  receivedBytes: number;
}

/** Reads an answer; undefined for anything that is not one. */
export function decodeAnswer(datagram: Buffer): EchoAnswer | undefined {
  if (datagram.length < AT.address || !datagram.subarray(0, ANSWER.length).equals(ANSWER)) return undefined;
  const addressEnd = AT.address + datagram.readUInt8(AT.addressBytes);
  const address = [...datagram.subarray(AT.address, addressEnd)];
  const network = NETWORKS[datagram.readUInt8(AT.network)];
  if ((address.length !== 4 && address.length !== IPV6_BYTES) || network === undefined) return undefined;
  const [node = '', pod = ''] = datagram.subarray(addressEnd).toString('utf8').split('\0');
  return {
    nonce: hex(datagram.subarray(AT.nonce, AT.receivedBytes)),
    peer: { node, pod, network },
    clientAddress: plainAddress(ipaddr.fromByteArray(address).toString()),
    receivedBytes: datagram.readUInt16BE(AT.receivedBytes),
  };
}
