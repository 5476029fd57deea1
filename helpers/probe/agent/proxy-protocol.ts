import { isIPv6, type Socket } from 'node:net';
import type { RequestOptions } from 'node:https';
import { connect, type ConnectionOptions } from 'node:tls';
import type { AttemptContext } from './attempts.ts';
import { openConnection } from './tcp.ts';

/** The header of version 1 (haproxy's proxy-protocol.txt, section 2.1), for the connection as it is. */
export function proxyHeader({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  const family = isIPv6(remoteAddress ?? '') ? 'TCP6' : 'TCP4';
  return `PROXY ${family} ${localAddress} ${remoteAddress} ${localPort} ${remotePort}\r\n`;
}

/**
 * Makes the connections of a request begin with a PROXY protocol header, before the request or the TLS handshake: as
 * those of a load balancer do that tells who is behind it.
 */
export function connectByProxyProtocol(
  tls: boolean,
  { host, port, servername, secureContext }: RequestOptions & Pick<ConnectionOptions, 'secureContext'>,
  context: AttemptContext,
): NonNullable<RequestOptions['createConnection']> {
  return (_options, made) => {
    openConnection(String(host), Number(port), context).then(
      (socket) => {
        socket.write(proxyHeader(socket));
        // Verified by who asked: refusing here would keep back what the certificate says.
        made(null, tls ? connect({ socket, servername, secureContext, rejectUnauthorized: false }) : socket);
      },
      // The library gives an error alone, its type wants a socket beside it.
      (error: Error) => (made as (error: Error) => void)(error),
    );
    return undefined;
  };
}
