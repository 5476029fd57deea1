import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { IDENTITY_HEADER, plainAddress, type Identity } from './identity.ts';

/** More than any probe sends; a stranger's endless POST must not fill the pod's memory. */
const MAX_ECHO_BYTES = 2 * 1024 * 1024;

/** A connection of a client that has gone must not stay. */
const REQUEST_TIMEOUT_MS = 30_000;

async function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ECHO_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { node, pod, network }: Identity,
): Promise<void> {
  const identity = JSON.stringify({ node, pod, network, clientAddress: plainAddress(request.socket.remoteAddress) });
  response.setHeader(IDENTITY_HEADER, identity);
  if (request.method === 'GET' && request.url === '/identity') {
    response.setHeader('content-type', 'application/json').end(identity);
    return;
  }
  if (request.method !== 'POST' || request.url !== '/echo') {
    response.writeHead(404).end();
    return;
  }
  // The whole body first, then the answer: a direction that loses packets is then told from the other by what had come.
  const body = await readAll(request);
  if (body) response.setHeader('content-length', body.length).end(body);
  else response.writeHead(413, { connection: 'close' }).end();
}

/** `GET /identity` says who this is and who asks; `POST /echo` sends the same bytes back. */
export function httpResponder(identity: Identity): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAlive: false }, (request, response) => {
    answer(request, response, identity).catch(() => response.destroy());
  });
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}
