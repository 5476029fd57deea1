import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { deferred } from './deferred.ts';
import { codeOf } from './failure.ts';

/**
 * A UDP socket connected to one peer: the kernel then hands over ICMP errors (refused, no route) and nobody else's
 * datagrams. Rejects when there is no route at all. The caller closes it.
 */
export async function connectDatagrams(host: string, port: number): Promise<Socket> {
  const { address, family } = isIP(host) ? { address: host, family: isIP(host) } : await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = deferred<void>();
  socket.on('error', reject);
  try {
    socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve()));
    await promise;
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.removeListener('error', reject);
  // Without a listener an ICMP error would end the process; whoever wants to know of it adds one of their own.
  socket.on('error', () => {});
  return socket;
}

function trySend(socket: Socket, datagram: Buffer): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  socket.send(datagram, (error) => (error ? reject(error) : resolve()));
  return promise;
}

/** Errors that a send may report for an earlier datagram: ICMP answers that waited on the socket. */
const late = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Sends one datagram; rejects with the system's error, for example EPERM where the local netfilter drops it. An error
 * that an earlier datagram earned is an `error` event of the socket: the system reports it in place of sending, so it
 * is sent again.
 */
export async function sendDatagram(socket: Socket, datagram: Buffer): Promise<void> {
  try {
    await trySend(socket, datagram);
  } catch (error) {
    if (!late.has(codeOf(error))) throw error;
    await trySend(socket, datagram);
    socket.emit('error', error);
  }
}
