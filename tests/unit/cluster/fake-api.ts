import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { WebSocketServer } from 'ws';
import { portOf } from '../nodes/sshd.ts';
import { exitStatus } from './exec-frames.ts';

/** What is answered to one request; `undefined` leaves it without an answer, `reset` breaks the connection. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string> } | 'reset' | undefined;

export type Answers = (request: { method: string; path: string; body: string }) => Answer | Promise<Answer>;

/** An error as the API server words it. */
export const status = (code: number, reason: string, message: string): Answer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code },
});

export const VERSION: Answer = { status: 200, body: { major: '1', minor: '34', gitVersion: 'v1.34.4' } };

export interface KubeconfigOptions {
  server: string;
  ca?: string;
  clientCertificate?: { certificate: string; key: string };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one context, named `test`. */
export function kubeconfigText({ server, ca, clientCertificate }: KubeconfigOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'c', cluster: { server, ...(ca && { 'certificate-authority-data': base64(ca) }) } }],
    users: [
      {
        name: 'u',
        user: clientCertificate
          ? {
              'client-certificate-data': base64(clientCertificate.certificate),
              'client-key-data': base64(clientCertificate.key),
            }
          : { token: 'secret' },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
  });
}

/** An API server on 127.0.0.1 that answers what it is told. */
export class FakeApi implements AsyncDisposable {
  readonly requests: string[] = [];
  /** Who asked, by header and by client certificate; of requests and of execs. */
  readonly callers: { authorization?: string; certificate?: string; impersonates?: string }[] = [];
  connections = 0;
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #execs = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.url = `${scheme}://127.0.0.1:${portOf(server)}`;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
    });
    server.on('upgrade', (request, raw: Socket, head) => {
      this.requests.push(`EXEC ${request.url ?? ''}`);
      this.#noteCaller(request);
      this.#execs.handleUpgrade(request, raw, head, (socket) => socket.send(exitStatus(0)));
    });
  }

  #noteCaller({ headers, socket }: IncomingMessage): void {
    const subject = 'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate().subject : undefined;
    this.callers.push({
      ...(headers.authorization && { authorization: headers.authorization }),
      ...(subject?.CN && { certificate: String(subject.CN) }),
      ...(headers['impersonate-user'] && { impersonates: String(headers['impersonate-user']) }),
    });
  }

  static async start(answers: Answers, tls?: TlsOptions): Promise<FakeApi> {
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void self.#answer(request, response, answers);
    const server = tls ? createHttps(tls, listener) : createHttp(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const self = new FakeApi(server, tls ? 'https' : 'http');
    return self;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, answers: Answers): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url}`);
    this.#noteCaller(request);
    const answer = await answers({ method, path: url, body: Buffer.concat(chunks).toString() });
    if (!answer) return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    const isText = typeof answer.body === 'string';
    response
      .writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json', ...answer.headers })
      .end(isText ? answer.body : JSON.stringify(answer.body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close').catch(() => {});
  }
}
