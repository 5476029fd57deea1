import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CANARY, CANARY_PATH, KEPT_CANARY_PATH } from '../../model/canary.ts';
import { IDENTITY_HEADER, plainAddress, PROOF_HEADER, type AgentSettings } from './identity.ts';
import { listenAt } from './listeners.ts';
import { isProof } from './proof.ts';
import { answerWatch, WATCH_PATH } from './watch/responder.ts';

/** Above the largest payload of any probe (20 kB); what is longer must not fill the pod's memory. */
export const MAX_ECHO_BYTES = 64 * 1024;

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
  { key, node, pod, network }: AgentSettings,
): Promise<void> {
  const proof = Buffer.from(String(request.headers[PROOF_HEADER] ?? ''), 'hex');
  if (!isProof(key, proof)) {
    // A client without the key learns no name, and its body is not read.
    response.writeHead(403, { connection: 'close' }).end();
    return;
  }
  const clientAddress = plainAddress(request.socket.remoteAddress);
  response.setHeader(IDENTITY_HEADER, JSON.stringify({ node, pod, network, clientAddress }));
  if (request.method === 'GET' && (request.url === CANARY_PATH || request.url === KEPT_CANARY_PATH)) {
    const body = JSON.stringify({ service: CANARY, pod, node, clientAddress });
    const isKept = request.url === KEPT_CANARY_PATH;
    const headers = { 'content-type': 'application/json', ...(!isKept && { connection: 'close' }) };
    response.writeHead(200, headers).end(body);
    return;
  }
  if (request.method === 'POST' && request.url === WATCH_PATH) {
    await answerWatch(request, response);
    return;
  }
  if (request.method !== 'POST' || request.url !== '/echo') {
    response.writeHead(404).end();
    return;
  }
  // The whole body is read before the answer: what had arrived then shows which direction loses packets.
  const body = await readAll(request);
  if (body) response.setHeader('content-length', body.length).end(body);
  else response.writeHead(413, { connection: 'close' }).end();
}

function serverFor(settings: AgentSettings): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAlive: false }, (request, response) => {
    answer(request, response, settings).catch(() => response.destroy());
  });
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}

/**
 * `POST /echo` sends the same bytes back, and says who this is and who asks, to who knows the run's key; `GET /canary`
 * says it in its body, since a proxy may keep headers back. `POST /watch` has it ask by itself, for who is on this
 * machine. Others get status 403. Listens at the wanted addresses.
 * Rejects when the port is taken at one that is there at the start.
 */
export const httpResponder = (settings: AgentSettings): Promise<() => void> =>
  listenAt(settings.addresses, async (address) => {
    const server = serverFor(settings).listen({ host: address, port: settings.tcpPort, ipv6Only: true });
    await once(server, 'listening');
    return () => server.close();
  });
