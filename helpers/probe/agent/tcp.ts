import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AgentGot } from '../../model/agent-got.ts';
import type { TcpSpec } from '../protocol.ts';
import type { AttemptContext } from './attempts.ts';

/** A connection that is closed when the attempt's signal aborts. Rejects with the system's error. */
export async function openConnection(host: string, port: number, { signal, phase }: AttemptContext): Promise<Socket> {
  phase('connect');
  const socket = connect({ host, port, autoSelectFamily: false });
  // A late reset must not end the process: whoever reads the socket hears of it by `close`.
  socket.on('error', () => {});
  signal.addEventListener('abort', () => socket.destroy());
  await once(socket, 'connect', { signal });
  return socket;
}

/** TCP connect; nothing is sent, and the connection is closed at once. */
export async function tcp({ host, port }: TcpSpec, context: AttemptContext): Promise<AgentGot['tcp']> {
  const socket = await openConnection(host, port, context);
  const localAddress = socket.localAddress;
  socket.destroy();
  return { localAddress };
}
