import { randomInt } from 'node:crypto';
import {
  decode,
  encode,
  streamDecode,
  streamEncode,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type Answer,
  type Packet,
} from 'dns-packet';
import type { AgentGot } from '../../model/agent-got.ts';
import type { DnsSpec } from '../protocol.ts';
import type { AttemptContext } from './attempts.ts';
import { connectDatagrams, sendDatagram } from './datagram-socket.ts';
import { deferred } from './deferred.ts';
import { ProbeFailure } from './failure.ts';
import { openConnection } from './tcp.ts';

type Reply = Packet & { rcode?: string };

/** The rcode is the low four bits of the flags; dns-packet decodes it into a field that its types lack. */
const rcodeOf = (reply: Reply): string => reply.rcode ?? 'NOERROR';

function query({ name, recordType }: DnsSpec): {
  id: number;
  type: 'query';
  flags: number;
  questions: { type: DnsSpec['recordType']; name: string }[];
} {
  return { id: randomInt(1, 65_536), type: 'query', flags: RECURSION_DESIRED, questions: [{ type: recordType, name }] };
}

const sameName = (a: string, b: string): boolean =>
  a.replace(/\.$/, '').toLowerCase() === b.replace(/\.$/, '').toLowerCase();

/** Whether a packet answers the question that was asked, by id, direction and name. */
function answers(reply: Reply, id: number, { name, recordType }: DnsSpec): boolean {
  const question = reply.questions?.[0];
  return (
    reply.id === id &&
    reply.type === 'response' &&
    (question === undefined || (question.type === recordType && sameName(question.name, name)))
  );
}

/** Over UDP, by a fresh socket: what is no answer to our question is noted and not believed. */
async function askByUdp(spec: DnsSpec, { signal, phase, note }: AttemptContext): Promise<Reply> {
  phase('answer');
  const socket = await connectDatagrams(spec.host, spec.port);
  const { promise, resolve, reject } = deferred<Reply>();
  const question = query(spec);
  let strangers = 0;
  socket.on('error', reject);
  socket.on('message', (datagram) => {
    const reply = tryDecode(datagram);
    if (reply && answers(reply, question.id, spec)) resolve(reply);
    else note({ strangers: (strangers += 1) });
  });
  signal.addEventListener('abort', () => reject(signal.reason));
  try {
    await sendDatagram(socket, encode(question));
    return await promise;
  } finally {
    socket.close();
  }
}

function tryDecode(datagram: Buffer): Reply | undefined {
  try {
    return decode(datagram);
  } catch {
    return undefined;
  }
}

/** Over TCP: the message follows its length in two bytes. */
async function askByTcp(spec: DnsSpec, context: AttemptContext): Promise<Reply> {
  const socket = await openConnection(spec.host, spec.port, context);
  context.phase('response');
  const question = query(spec);
  try {
    socket.write(streamEncode(question));
    let received = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) continue;
      const reply = streamDecode(received);
      if (!reply || !answers(reply, question.id, spec))
        throw new ProbeFailure('wrong-answer', 'answered another question');
      return reply;
    }
    throw new ProbeFailure('reset', 'the connection was closed before an answer came');
  } finally {
    socket.destroy();
  }
}

function answersOf(reply: Reply, recordType: DnsSpec['recordType']): NonNullable<AgentGot['dns']['answers']> {
  return (reply.answers ?? []).flatMap((answer: Answer): NonNullable<AgentGot['dns']['answers']> => {
    if (answer.type !== recordType) return [];
    if (answer.type === 'SRV') return [{ target: answer.data.target, port: answer.data.port }];
    return 'data' in answer ? [answer.data] : [];
  });
}

/**
 * One question to one server. An rcode other than NOERROR is a failure of kind `dns-rcode`; a truncated answer says so
 * in `got`.
 */
export async function dns(spec: DnsSpec, context: AttemptContext): Promise<AgentGot['dns']> {
  const reply = await (spec.transport === 'udp' ? askByUdp : askByTcp)(spec, context);
  const rcode = rcodeOf(reply);
  const got = {
    rcode,
    answers: answersOf(reply, spec.recordType),
    truncated: ((reply.flags ?? 0) & TRUNCATED_RESPONSE) !== 0,
  };
  if (rcode !== 'NOERROR') throw new ProbeFailure('dns-rcode', `${rcode} for ${spec.name} ${spec.recordType}`, got);
  return got;
}
