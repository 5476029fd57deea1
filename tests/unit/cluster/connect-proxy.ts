import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { portOf } from '../nodes/sshd.ts';

/** An HTTP proxy on 127.0.0.1 that tunnels by CONNECT and notes where to. */
export class ConnectProxy implements AsyncDisposable {
  readonly tunnels: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  static async start(): Promise<ConnectProxy> {
    const server = createServer((_request, response) => response.writeHead(405).end());
    const self = new ConnectProxy(server);
    server.on('connection', (socket: Socket) => self.#sockets.add(socket));
    server.on('connect', (request, client: Socket) => {
      self.tunnels.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      self.#sockets.add(target);
      for (const socket of [client, target]) socket.on('error', () => socket.destroy());
      client.pipe(target).pipe(client);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return self;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close').catch(() => {});
  }
}
