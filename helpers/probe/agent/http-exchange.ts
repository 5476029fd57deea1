import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { AttemptContext } from './attempts.ts';
import { deferred } from './deferred.ts';
import { codeOf, ProbeFailure } from './failure.ts';
import { connectByProxyProtocol } from './proxy-protocol.ts';

export interface Answer {
  status: number;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
  /** Length of what came, of which `body` holds the head. */
  bodyLength: number;
  localAddress?: string;
}

export interface Exchange {
  tls: boolean;
  options: RequestOptions;
  send?: Buffer;
  /** How much of the body to keep. */
  keepBytes: number;
  /** Called once the handshake is done, before anything else is read. */
  onSecure?: (socket: TLSSocket) => void;
  /** Begin the connection with a PROXY protocol header. */
  proxyProtocol?: true;
}

/** A body is read to its end, since a path that loses full packets shows there; one that never ends is cut off. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

function watchPhases(
  request: ClientRequest,
  tls: boolean,
  { phase }: AttemptContext,
  onSecure: Exchange['onSecure'],
): void {
  request.on('socket', (socket) => {
    const connected = (): void => phase(tls ? 'tls' : 'response');
    if (socket.connecting) {
      phase('connect');
      socket.once('connect', connected);
    } else connected();
    socket.once('secureConnect', () => {
      phase('response');
      if (socket instanceof TLSSocket) onSecure?.(socket);
    });
  });
}

async function readBody(response: IncomingMessage, keepBytes: number): Promise<{ body: Buffer; bodyLength: number }> {
  const kept: Buffer[] = [];
  let bodyLength = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (bodyLength < keepBytes) kept.push(chunk.subarray(0, keepBytes - bodyLength));
    bodyLength += chunk.length;
    if (bodyLength >= MAX_BODY_BYTES) break;
  }
  return { body: Buffer.concat(kept), bodyLength };
}

/** One request on a connection of its own. Rejects with the system's error, or with the signal's reason. */
export async function exchange(
  { tls, options, send, keepBytes, onSecure, proxyProtocol }: Exchange,
  context: AttemptContext,
): Promise<Answer> {
  const { promise, resolve, reject } = deferred<IncomingMessage>();
  const connection = proxyProtocol
    ? { ...options, createConnection: connectByProxyProtocol(tls, options, context) }
    : { ...options, agent: false, autoSelectFamily: false };
  const request = (tls ? https : http).request(connection);
  watchPhases(request, tls, context, onSecure);
  request.on('error', reject);
  request.on('response', resolve);
  context.signal.addEventListener('abort', () => request.destroy());
  request.end(send);
  try {
    const response = await promise;
    context.phase('body');
    const localAddress = response.socket.localAddress;
    const head = {
      status: response.statusCode ?? 0,
      headers: flatten(response.headers),
      ...(localAddress && { localAddress }),
    };
    context.note(head);
    try {
      return { ...head, ...(await readBody(response, keepBytes)) };
    } catch (error) {
      throw codeOf(error) === 'ECONNRESET'
        ? new ProbeFailure('reset', 'the connection was closed in the middle of the answer')
        : error;
    }
  } finally {
    request.destroy();
  }
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
