import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { portOf } from './agent.ts';

/**
 * A server that wants the PROXY protocol before anything else, as nginx' `listen … proxy_protocol` does: it closes a
 * connection that begins otherwise, and hands on what follows the header.
 */
export async function serveProxyProtocol(
  backend: number,
): Promise<{ port: number; headers: string[]; close: () => void }> {
  const headers: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', (first) => {
      const end = first.indexOf('\r\n');
      const header = first.subarray(0, end).toString();
      if (!header.startsWith('PROXY ')) {
        client.destroy();
        return;
      }
      headers.push(header);
      const upstream = connect(backend, '127.0.0.1');
      upstream.on('error', () => client.destroy());
      upstream.write(first.subarray(end + 2));
      client.pipe(upstream).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: portOf(server), headers, close: () => server.close() };
}
