import type { Duplex } from 'node:stream';
import { Client, type ServerHostKeyAlgorithm } from 'ssh2';
import type { NetwrightError } from '../errors.ts';
import type { Identity } from './identity.ts';
import { checkHostKey, trustedKeys, type KnownHosts } from './known-hosts.ts';
import { abortedError, connectError, hostKeyError, unreachableError, type Hop, type SshPhase } from './ssh-errors.ts';

/** A dead peer is noticed after four of these: without them, never. */
const KEEPALIVE_INTERVAL_MS = 5_000;
const KEEPALIVE_COUNT_MAX = 3;

/** What ssh2 offers by default, without SHA-1. */
const HOST_KEY_ALGORITHMS: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

export interface HopOptions {
  hop: Hop;
  identity: Identity;
  knownHosts: KnownHosts;
  knownHostsPath: string;
  readyTimeoutMs: number;
  /** The stream through the previous hop. */
  socket?: Duplex;
  signal?: AbortSignal;
}

/**
 * The types that are known for the host come first: otherwise a host with several keys may show one that is not known,
 * and looks changed. The rest stays on offer, so that a host with a new type of key is named by its fingerprint.
 */
export function hostKeyAlgorithms(known: KnownHosts, host: string, port: number): ServerHostKeyAlgorithm[] {
  const types = new Set(trustedKeys(known, host, port).map(({ keyType }) => keyType));
  const isKnown = (algorithm: string) => types.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEY_ALGORITHMS.filter(isKnown), ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

/**
 * ssh2 takes any truthy value for consent, even a promise that will resolve to false: the type keeps async functions
 * out, and the comparison catches what slips past the types.
 */
function verifier(decide: (key: Buffer) => boolean): (key: Buffer) => boolean {
  return (key) => {
    try {
      const decided: unknown = decide(key);
      return decided === true;
    } catch {
      return false;
    }
  };
}

/**
 * Connects and logs in to one hop. Throws a NetwrightError that names the hop; a host key that is not known is always
 * refused.
 */
export async function connectHop({
  hop,
  identity,
  knownHosts,
  knownHostsPath,
  readyTimeoutMs,
  socket,
  signal,
}: HopOptions): Promise<Client> {
  if (signal?.aborted) throw abortedError(hop);
  const { host, port, user } = hop;
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  let phase: SshPhase = socket ? 'handshake' : 'tcp';
  let refusal: NetwrightError | undefined;
  let agentTrouble: string | undefined;
  const abort = () => {
    reject(abortedError(hop));
    client.destroy();
  };
  signal?.addEventListener('abort', abort, { once: true });
  client.on('connect', () => (phase = 'handshake'));
  client.on('handshake', () => (phase = 'authentication'));
  client.on('ready', () => resolve(client));
  // Stays for the life of the client: an unhandled `error` event would end the process.
  client.on('error', (error: Error & { level?: string }) => {
    if (error.level === 'agent') {
      agentTrouble = `the agent could not be asked: ${error.message}`;
      return;
    }
    reject(refusal ?? connectError(hop, phase, readyTimeoutMs, error, identity.description, agentTrouble));
    client.destroy();
  });
  client.on('close', () =>
    reject(refusal ?? unreachableError(hop, 'the connection was closed before the log-in was done')),
  );
  try {
    client.connect({
      ...(socket ? { sock: socket } : { host, port }),
      username: user,
      privateKey: identity.privateKey,
      agent: identity.agent,
      authHandler: [
        ...(identity.privateKey ? (['publickey'] as const) : []),
        ...(identity.agent === undefined ? [] : (['agent'] as const)),
      ],
      readyTimeout: readyTimeoutMs,
      keepaliveInterval: KEEPALIVE_INTERVAL_MS,
      keepaliveCountMax: KEEPALIVE_COUNT_MAX,
      algorithms: { serverHostKey: hostKeyAlgorithms(knownHosts, host, port) },
      hostVerifier: verifier((key) => {
        const verdict = checkHostKey(knownHosts, host, port, key);
        if (verdict !== 'known') refusal = hostKeyError(verdict, hop, knownHosts, knownHostsPath, key);
        return verdict === 'known';
      }),
    });
    return await promise;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
