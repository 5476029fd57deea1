import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import { withCredentials } from './credentials.ts';

/** v5 can close one direction alone; older API servers offer the others. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io'];

/** The part of a refusal that is kept; a proxy's page may have any length. */
const MOST_OF_A_REFUSAL = 500;

/** A connection that the server refused with a status before it became a WebSocket. */
export class UpgradeRefused extends Error {
  readonly status: number;
  /** Who answered, as far as it says so: `nginx/1.24`. */
  readonly by?: string;

  constructor(status: number, message: string, by?: string) {
    super(message);
    this.name = 'UpgradeRefused';
    this.status = status;
    this.by = by;
  }
}

export interface SocketOptions {
  connectTimeoutMs: number;
  signal?: AbortSignal;
  /** Called when a handler of incoming data throws: the library throws for what it does not know. */
  onBroken: (error: unknown) => void;
}

/** The kubeconfig's settings as the WebSocket takes them. Ends with the reason of the signal when it aborts. */
async function socketOptions(kubeConfig: KubeConfig, signal: AbortSignal | undefined): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await withCredentials(() => kubeConfig.applyToHTTPSOptions(options), signal);
  // The library keeps an agent with the first certificate that a plugin gave; only a proxy needs one.
  if (!kubeConfig.getCurrentCluster()?.proxyUrl) delete options.agent;
  return options;
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
      const options = await socketOptions(kubeConfig, signal);
      const server = kubeConfig.getCurrentCluster()?.server ?? '';
      const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, PROTOCOLS, {
        ...options,
        handshakeTimeout: connectTimeoutMs,
      });
      const abort = () => socket.terminate();
      signal?.addEventListener('abort', abort, { once: true });
      socket.on('close', () => signal?.removeEventListener('abort', abort));
      // Frames that arrive after the exit status are dropped: the library would write to streams that have ended.
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
          let said = '';
          response.on('data', (chunk: Buffer) => {
            if (said.length < MOST_OF_A_REFUSAL) said += chunk.toString();
          });
          const [by] = [response.headers['server'] ?? response.headers['via']].flat();
          response.on('end', () =>
            reject(new UpgradeRefused(response.statusCode ?? 0, said.slice(0, MOST_OF_A_REFUSAL), by)),
          );
        });
        socket.on('error', reject);
        socket.on('open', () => resolve(socket));
        socket.on('close', () => reject(new Error('the connection was closed before it was open')));
      });
    },
  };
}
