import type { KubeConfig } from '@kubernetes/client-node';
import { WebSocket } from 'ws';

/** v5 can close one direction alone; older API servers offer the others. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io'];

/** A connection that the server refused with a status before it became a WebSocket. */
export class UpgradeRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'UpgradeRefused';
    this.status = status;
  }
}

export interface SocketOptions {
  connectTimeoutMs: number;
  signal?: AbortSignal;
  /** Called when a handler of incoming data throws: the library throws for what it does not know. */
  onBroken: (error: unknown) => void;
}

type Handler = (streamNumber: number, data: Buffer) => boolean;

/**
 * The library's own connection leaves three ways for an exec to hang: it does not listen for `close`, ignores errors
 * after `open`, and throws out of the socket's handler for a stream it does not know. This one is given to it in its
 * place.
 */
export function execSocket(kubeConfig: KubeConfig, { connectTimeoutMs, signal, onBroken }: SocketOptions) {
  return {
    connect: async (path: string, _text: unknown, onData: Handler | null): Promise<WebSocket> => {
      const server = kubeConfig.getCurrentCluster()?.server ?? '';
      const options: Record<string, unknown> = {};
      await kubeConfig.applyToHTTPSOptions(options);
      const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, PROTOCOLS, {
        ...options,
        handshakeTimeout: connectTimeoutMs,
      });
      const abort = () => socket.terminate();
      signal?.addEventListener('abort', abort, { once: true });
      socket.on('close', () => signal?.removeEventListener('abort', abort));
      // What was on its way when the end had been told has no stream left to go to: the library would write after their
      // end.
      let isOver = false;
      socket.on('message', (data: Buffer, isBinary) => {
        if (isOver || !isBinary || data.length === 0) return;
        try {
          isOver = onData !== null && !onData(data.readUInt8(0), data.subarray(1));
          if (isOver) socket.close();
        } catch (error) {
          isOver = true;
          onBroken(error);
          socket.terminate();
        }
      });
      return new Promise((resolve, reject) => {
        socket.on('unexpected-response', (_request, response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            reject(new UpgradeRefused(response.statusCode ?? 0, Buffer.concat(chunks).toString().slice(0, 500))),
          );
        });
        socket.on('error', reject);
        socket.on('open', () => resolve(socket));
        socket.on('close', () => reject(new Error('the connection was closed before it was open')));
      });
    },
  };
}
