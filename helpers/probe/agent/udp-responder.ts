import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { deferred } from './deferred.ts';
import { decodeQuestion, encodeAnswer } from './echo-datagram.ts';
import { codeOf } from './failure.ts';
import type { Identity } from './identity.ts';

/** Addresses come and go: a node's bridge has none before its first pod. */
const REFRESH_INTERVAL_MS = 1000;

/** kube-proxy's IPVS mode puts every ClusterIP on this device; nothing of ours is asked for there. */
const IGNORED_DEVICES = new Set(['kube-ipvs0']);

/** This machine's addresses, without those of one link only. */
function localAddresses(): string[] {
  return Object.entries(networkInterfaces())
    .filter(([device]) => !IGNORED_DEVICES.has(device))
    .flatMap(([, addresses]) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'));
}

/** What the kernel grants by default at most (net.core.rmem_max), which it then doubles. */
const RECEIVE_BUFFER_BYTES = 212_992;

/**
 * A mesh's datagrams come all at once: what overflows the socket while this process is busy would look like the
 * network's loss.
 */
function enlargeBuffer(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // A host that grants less keeps its default.
  }
}

function bind(address: string, port: number, identity: Identity): Promise<Socket> {
  const { promise, resolve, reject } = deferred<Socket>();
  const socket = createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  socket.on('error', reject);
  socket.on('message', (datagram, client) => {
    const token = decodeQuestion(datagram);
    if (token)
      socket.send(
        encodeAnswer(token, identity, client.address, datagram.length),
        client.port,
        client.address,
        () => {},
      );
  });
  socket.bind({ address, port }, () => {
    enlargeBuffer(socket);
    resolve(socket);
  });
  return promise;
}

/**
 * Answers the UDP echo at each of this machine's addresses by a socket of its own, so that an answer always comes from
 * the address that was asked: a node has several, a socket on the wildcard answers from the one nearest to the client,
 * and the client drops it. Rejects when the port is taken at an address that is there at the start. Resolves to what
 * stops it.
 */
export async function udpResponder(port: number, identity: Identity): Promise<() => void> {
  const sockets = new Map<string, Socket>();
  const refresh = async (): Promise<void> => {
    for (const address of localAddresses().filter((each) => !sockets.has(each))) {
      try {
        sockets.set(address, await bind(address, port, identity));
      } catch (error) {
        // An address may go between being listed and being bound, or may not be ready yet; the next round sees to it.
        if (codeOf(error) !== 'EADDRNOTAVAIL') throw error;
      }
    }
  };
  await refresh();
  const timer = setInterval(() => void refresh().catch(() => {}), REFRESH_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    for (const socket of sockets.values()) socket.close();
  };
}
