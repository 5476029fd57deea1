import { createSocket, type Socket } from 'node:dgram';
import { deferred } from './deferred.ts';
import { decodeQuestion, encodeAnswer } from './echo-datagram.ts';
import type { AgentSettings } from './identity.ts';
import { listenAt } from './listeners.ts';

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

function bind(address: string, { udpPort: port, key, ...identity }: AgentSettings): Promise<() => void> {
  const { promise, resolve, reject } = deferred<() => void>();
  const socket = createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  socket.on('error', reject);
  socket.on('message', (datagram, client) => {
    const nonce = decodeQuestion(key, datagram);
    if (!nonce) return;
    const answer = encodeAnswer(nonce, identity, client.address, datagram.length);
    socket.send(answer, client.port, client.address, () => {});
  });
  socket.bind({ address, port }, () => {
    enlargeBuffer(socket);
    resolve(() => socket.close());
  });
  return promise;
}

/**
 * Answers the UDP echo of who knows the run's key, at each wanted address by a socket of its own, so that an answer
 * always comes from the address that was asked: a node has several, a socket on the wildcard answers from the one
 * nearest to the client, and the client drops it. Rejects when the port is taken at an address that is there at the
 * start. Resolves to what stops it.
 */
export const udpResponder = (settings: AgentSettings): Promise<() => void> =>
  listenAt(settings.addresses, (address) => bind(address, settings));
