import type { Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UdpEchoSpec } from '../protocol.ts';
import { countKinds, roundMs, type Outcome } from './attempts.ts';
import { connectDatagrams, sendDatagram } from './datagram-socket.ts';
import { afterListening } from './deadline.ts';
import { deferred } from './deferred.ts';
import { decodeAnswer, encodeQuestion, type EchoAnswer } from './echo-datagram.ts';
import { ProbeFailure, toFailure } from './failure.ts';
import { keyFrom } from './identity.ts';

interface Question {
  sentAt: number;
  timeMs?: number;
  failure?: ProbeFailure;
}

/** What a series hears, datagram by datagram. */
interface Series {
  questions: Map<string, Question>;
  payloadBytes: number;
  last?: EchoAnswer;
  duplicates: number;
  /** Datagrams that carry no nonce of this series: counted, never believed. */
  strangers: number;
  /** What the kernel last reported for the socket, for example ICMP port unreachable. */
  socketFailure?: ProbeFailure;
}

function hear(series: Series, datagram: Buffer): void {
  const answer = decodeAnswer(datagram);
  const question = answer && series.questions.get(answer.nonce);
  if (!answer || !question) {
    series.strangers += 1;
  } else if (question.timeMs !== undefined) {
    series.duplicates += 1;
  } else if (answer.receivedBytes !== series.payloadBytes) {
    question.failure = new ProbeFailure(
      'wrong-answer',
      `${answer.receivedBytes} of ${series.payloadBytes} bytes arrived`,
    );
  } else {
    question.timeMs = roundMs(performance.now() - question.sentAt);
    series.last = answer;
  }
}

async function ask(socket: Socket, series: Series, spec: UdpEchoSpec, session: AbortSignal): Promise<void> {
  const attempts = spec.attempts ?? 1;
  for (let count = 0; count < attempts && !session.aborted; count += 1) {
    if (count > 0 && spec.intervalMs) await sleep(spec.intervalMs, undefined, { signal: session }).catch(() => {});
    if (session.aborted) return;
    const { datagram, nonce } = encodeQuestion(keyFrom(process.env), spec.payloadBytes);
    const question: Question = { sentAt: performance.now() };
    series.payloadBytes = datagram.length;
    series.questions.set(nonce, question);
    await sendDatagram(socket, datagram).catch((error: unknown) => {
      question.failure = toFailure(error);
    });
  }
}

/** Resolves when every question has its answer or its failure, or `timeoutMs` after the last question. */
async function settle(socket: Socket, series: Series, timeoutMs: number, session: AbortSignal): Promise<void> {
  const open = () =>
    [...series.questions.values()].some(({ timeMs, failure }) => timeMs === undefined && failure === undefined);
  if (!open() || session.aborted) return;
  const { promise, resolve } = deferred<void>();
  const cancel = afterListening(timeoutMs, resolve);
  const stop = () => resolve();
  session.addEventListener('abort', stop);
  socket.on('message', () => (open() ? undefined : resolve()));
  // A refusal answers for all: the port is closed, and what was sent meets the same end.
  socket.on('error', () => (series.last ? undefined : resolve()));
  if (series.socketFailure && !series.last) resolve();
  await promise;
  cancel();
  session.removeEventListener('abort', stop);
}

function outcomeOf(series: Series, spec: UdpEchoSpec): Outcome {
  const questions = [...series.questions.values()];
  const timesMs = questions.flatMap(({ timeMs }) => timeMs ?? []);
  const failures = questions
    .filter(({ timeMs }) => timeMs === undefined)
    .map(
      ({ failure }) =>
        failure ?? series.socketFailure ?? new ProbeFailure('timeout', `no answer within ${spec.timeoutMs} ms`),
    );
  const error = failures.at(-1);
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    attempts: questions.length,
    succeeded: timesMs.length,
    timesMs,
    ...(error && { error: { kind: error.kind, text: error.message } }),
    got: {
      payloadBytes: series.payloadBytes,
      ...(series.last && { peer: series.last.peer, clientAddress: series.last.clientAddress }),
      ...(timesMs.length > 0 && { p50Ms: at(0.5), p99Ms: at(0.99) }),
      lost: failures.length,
      ...(series.duplicates > 0 && { duplicates: series.duplicates }),
      ...(series.strangers > 0 && { strangers: series.strangers }),
      ...(error && { errorKinds: countKinds(failures) }),
      // Node sets no socket option for it. Linux by itself sets DF on what fits the path's known MTU and fragments what
      // does not.
      ...(spec.dontFragment && { dontFragment: 'not set: the system decides' }),
    },
  };
}

/**
 * A series of datagrams from one socket, `intervalMs` apart, none waiting for another's answer; the last has
 * `timeoutMs`, so a path that is dead costs one time-out, not one an attempt. Only an answer with its question's nonce
 * counts.
 */
export async function udpEcho(spec: UdpEchoSpec, session: AbortSignal): Promise<Outcome> {
  let socket: Socket;
  try {
    socket = await connectDatagrams(spec.host, spec.port);
  } catch (error) {
    const { kind, message } = toFailure(error);
    const attempts = spec.attempts ?? 1;
    return {
      attempts,
      succeeded: 0,
      timesMs: [],
      error: { kind, text: message },
      got: { lost: attempts, errorKinds: { [kind]: attempts } },
    };
  }
  const series: Series = { questions: new Map(), payloadBytes: spec.payloadBytes, duplicates: 0, strangers: 0 };
  socket.on('message', (datagram) => hear(series, datagram));
  socket.on('error', (error) => (series.socketFailure = toFailure(error)));
  try {
    await ask(socket, series, spec, session);
    await settle(socket, series, spec.timeoutMs, session);
    return outcomeOf(series, spec);
  } finally {
    socket.close();
  }
}
