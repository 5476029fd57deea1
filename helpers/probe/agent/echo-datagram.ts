import { plainAddress, readIdentity, type Identity } from './identity.ts';
import { readObject } from './json.ts';

/*
 * Datagrams of the UDP echo. Question: magic, token, filling up to the asked size. Answer: magic, the same token, JSON
 * with the identity, the client's address and how many bytes arrived. The answer is small whatever the question's size,
 * so that a loss by size is a loss on the way there; the way back is the other node's probe.
 */
const QUESTION = Buffer.from('NWQ1');
const ANSWER = Buffer.from('NWA1');
export const TOKEN_BYTES = 16;
const HEADER_BYTES = QUESTION.length + TOKEN_BYTES;

/** The smallest question that can be told from an answer to another. */
export const MIN_QUESTION_BYTES = HEADER_BYTES;

export function encodeQuestion(token: Buffer, payloadBytes: number): Buffer {
  const question = Buffer.alloc(Math.max(payloadBytes, MIN_QUESTION_BYTES), 0x6e);
  QUESTION.copy(question);
  token.copy(question, QUESTION.length);
  return question;
}

/** The token of a question; undefined for a datagram that is none, which deserves no answer. */
export function decodeQuestion(datagram: Buffer): Buffer | undefined {
  if (datagram.length < HEADER_BYTES || !datagram.subarray(0, QUESTION.length).equals(QUESTION)) return undefined;
  return datagram.subarray(QUESTION.length, HEADER_BYTES);
}

export function encodeAnswer(
  token: Buffer,
  { node, pod, network }: Identity,
  clientAddress: string,
  receivedBytes: number,
): Buffer {
  const text = JSON.stringify({ node, pod, network, clientAddress: plainAddress(clientAddress), receivedBytes });
  return Buffer.concat([ANSWER, token, Buffer.from(text)]);
}

export interface EchoAnswer {
  /** In hexadecimal digits. */
  token: string;
  peer: Identity;
  clientAddress: string;
  receivedBytes: number;
}

/** Reads an answer; undefined for anything that is not one. */
export function decodeAnswer(datagram: Buffer): EchoAnswer | undefined {
  if (datagram.length < HEADER_BYTES || !datagram.subarray(0, ANSWER.length).equals(ANSWER)) return undefined;
  const text = datagram.subarray(HEADER_BYTES).toString('utf8');
  const identity = readIdentity(text);
  if (!identity) return undefined;
  const { clientAddress, ...peer } = identity;
  return {
    token: datagram.subarray(ANSWER.length, HEADER_BYTES).toString('hex'),
    peer,
    clientAddress,
    receivedBytes: Number(readObject(text)?.['receivedBytes']),
  };
}
