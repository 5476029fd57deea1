import type { Duplex } from 'node:stream';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Client } from 'ssh2';
import { NetwrightError } from '../errors.ts';
import { connectHop } from './hop.ts';
import type { SshTarget } from '../model/targets.ts';
import { loadIdentity, loadKnownHosts } from './identity.ts';
import { abortedError, sshError, timeoutError, unreachableError, type Hop } from './ssh-errors.ts';
import { wayTo, type Leg } from './ways.ts';

/** Hosts to go through are logged in to with the same key and agent, and each one's own host key is checked. */
export interface ConnectOptions extends SshTarget {
  host: string;
  /** The node's name, by which OpenSSH's configuration may know it as well. */
  name?: string;
  /** For each hop: TCP, handshake and log-in together. */
  readyTimeoutMs?: number;
  signal?: AbortSignal;
}

/** A node logged in to. Close it in a `finally`. */
export interface NodeConnection {
  readonly host: string;
  readonly client: Client;
  /** sshd takes ten sessions a connection by default (MaxSessions). */
  readonly sessions: LimitFunction;
  /** Why it is gone, once it is. */
  lostReason(): string | undefined;
  /** Closes every hop at once; harmless when called again. */
  close(): void;
}

const READY_TIMEOUT_MS = 10_000;
const SESSIONS_AT_ONCE = 8;

/**
 * sshd drops connections once ten are not logged in yet (MaxStartups 10:30:100, sshd_config(5)), and by a jump host the
 * log-ins of all nodes come to one sshd. Fewer than that: the host is not ours alone.
 */
const logIns = pLimit(8);

/** ssh2's reasons (RFC 4254, section 5.1): 1 forbidden by the server, 2 the connection failed. */
const FORBIDDEN = 1;

async function forward(jump: Client, through: Hop, to: Hop, timeoutMs: number, signal?: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const timer = setTimeout(() => reject(timeoutError(to, 'tcp', timeoutMs)), timeoutMs);
  const abort = () => reject(abortedError(to));
  signal?.addEventListener('abort', abort, { once: true });
  jump.forwardOut('127.0.0.1', 0, to.host, to.port, (error: (Error & { reason?: unknown }) | undefined, channel) => {
    if (!error) resolve(channel);
    else if (error.reason === FORBIDDEN) {
      reject(
        sshError(through, {
          code: 'forwarding-refused',
          message: `it does not let connections through to ${to.host}:${to.port}`,
          hint: 'its sshd needs AllowTcpForwarding for this user',
          cause: error,
        }),
      );
    } else
      reject(
        unreachableError(
          to,
          `the jump host ${through.host} cannot reach it: ` +
            error.message.replace(/^\(SSH\) Channel open failure: /, ''),
          error,
        ),
      );
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** A leg with its key and the host keys that are known. */
async function prepared(leg: Leg) {
  const [identity, knownHosts] = await Promise.all([loadIdentity(leg), loadKnownHosts(leg.knownHostsPaths)]);
  return { ...leg, identity, knownHosts, knownHostsPath: leg.knownHostsPaths[0] ?? '' };
}

/**
 * Logs in to a node, through jump hosts where they are given. Each hop's host key must be in known_hosts under that
 * hop's own name; there is no way to switch that off. A few are logged in to at a time, the others wait. Throws a
 * NetwrightError whose code begins with `ssh-`.
 */
export const connectNode = (options: ConnectOptions): Promise<NodeConnection> => logIns(logIn, options);

async function logIn(options: ConnectOptions): Promise<NodeConnection> {
  const { host, name, readyTimeoutMs = READY_TIMEOUT_MS, signal } = options;
  const legs = await Promise.all(wayTo(host, options, name).map(prepared));
  const hops: Client[] = [];
  let lost: string | undefined;
  const close = () => {
    lost ??= 'the connection was closed here';
    // Not `end`, which waits for the other side to close as well: where what that still has to say gets lost, it never
    // does, and this process would not end either; after it ssh2 destroys no more.
    for (const client of hops.toReversed()) client.destroy();
  };
  const hopOf = (index: number): Hop => {
    const { host: at, port, user } = legs[index] as Leg;
    return { host: at, port, user, isJump: index < legs.length - 1 };
  };
  try {
    let socket: Duplex | undefined;
    for (const [index, leg] of legs.slice(0, -1).entries()) {
      const through = hopOf(index);
      const client = await connectHop({ ...leg, hop: through, readyTimeoutMs, signal, socket });
      hops.push(client);
      socket = await forward(client, through, hopOf(index + 1), readyTimeoutMs, signal);
    }
    const leg = legs.at(-1) as Awaited<ReturnType<typeof prepared>>;
    const client = await connectHop({ ...leg, hop: hopOf(legs.length - 1), readyTimeoutMs, signal, socket });
    hops.push(client);
    // Each command that runs or waits listens for the connection's end.
    client.setMaxListeners(0);
    client.on('error', (error) => (lost ??= error.message));
    client.on('close', () => {
      lost ??= 'the connection was closed by the other side';
      close();
    });
    return { host, client, sessions: pLimit(SESSIONS_AT_ONCE), lostReason: () => lost, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Like connectNode, but never throws for SSH: the caller records the node as not observed. */
export async function tryConnectNode(
  options: ConnectOptions,
): Promise<{ connection: NodeConnection } | { unavailable: NetwrightError }> {
  try {
    return { connection: await connectNode(options) };
  } catch (error) {
    if (error instanceof NetwrightError) return { unavailable: error };
    throw error;
  }
}
