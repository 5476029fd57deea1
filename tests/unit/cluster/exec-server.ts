import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocketServer, type WebSocket } from 'ws';
import { openExec, type ExecRequest, type ExecStream } from '../../../helpers/cluster/exec.ts';
import { portOf } from '../nodes/sshd.ts';

export interface ExecServerOptions {
  /** What happens on a connection that is open. */
  onOpen?: (socket: WebSocket, raw: Socket) => void;
  /** Answers a request to upgrade in place of opening a WebSocket. */
  onUpgrade?: (raw: Socket, attempt: number) => boolean;
  protocols?: string[];
}

/** An API server that knows exec alone, and misbehaves as it is told. On 127.0.0.1. */
export class ExecServer implements AsyncDisposable {
  readonly paths: string[] = [];
  readonly client = { kubeConfig: new KubeConfig(), counts: { apiCalls: 0, execs: 0 } };
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({
    onOpen,
    onUpgrade,
    protocols = ['v5.channel.k8s.io'],
  }: ExecServerOptions = {}): Promise<ExecServer> {
    const http = createServer((_request: IncomingMessage, response: ServerResponse) => response.writeHead(404).end());
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
    });
    const self = new ExecServer(http);
    http.on('connection', (socket) => self.#sockets.add(socket));
    http.on('upgrade', (request, raw: Socket, head) => {
      self.paths.push(request.url ?? '');
      raw.on('error', () => {});
      if (onUpgrade?.(raw, self.paths.length)) return;
      sockets.handleUpgrade(request, raw, head, (socket) => {
        socket.on('error', () => {});
        onOpen?.(socket, raw);
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    self.client.kubeConfig.loadFromClusterAndUser(
      { name: 'fake', server: `http://127.0.0.1:${portOf(http)}`, skipTLSVerify: true },
      { name: 'nobody' },
    );
    return self;
  }

  exec(request: Partial<ExecRequest> = {}): Promise<ExecStream> {
    return openExec(this.client, {
      namespace: 'ns',
      pod: 'pod',
      container: 'agent',
      command: ['node', 'agent.cjs'],
      connectTimeoutMs: 2_000,
      ...request,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close').catch(() => {});
  }
}
