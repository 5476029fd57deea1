import { AGENT_PORTS } from '../../model/agent-ports.ts';
import { addressesIn } from './addresses.ts';
import { readObject } from './json.ts';

/** The agent's identity: each answer proves by it which probe pod was reached. */
export interface Identity {
  node: string;
  pod: string;
  network: string;
}

export interface AgentSettings extends Identity {
  tcpPort: number;
  udpPort: number;
  /** The run's key. A client that cannot prove that it knows the key gets no answer. */
  key: string;
  /** Where to listen, besides loopback. */
  addresses: string[];
  /** How long the ports are open at most, in ms. */
  serveForMs: number;
  /** Where Kubernetes reads why a container ended. */
  terminationLogPath: string;
}

/** The header of an HTTP answer that carries the identity and the client's address, as JSON. */
export const IDENTITY_HEADER = 'x-netwright-identity';

/** The header of an HTTP request that proves in hexadecimal digits that the client knows the run's key. */
export const PROOF_HEADER = 'x-netwright-proof';

/** The run's key, in the environment of each probe pod's container, and so of what is run there by exec. */
export const keyFrom = (env: NodeJS.ProcessEnv): string => env['NETWRIGHT_KEY'] ?? '';

/**
 * Far longer than any run. A killed run leaves its pods until the next clean-up; their ports must not stay open until
 * then.
 */
const SERVE_FOR_MS = 6 * 3_600_000;

function portFrom(value: string | undefined, fallback: number): number {
  const port = Number(value ?? fallback);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : fallback;
}

/** Settings from the environment that the manifests set; what is not set has the defaults of the pod network. */
export function settingsFrom(env: NodeJS.ProcessEnv): AgentSettings {
  const network = env['NETWRIGHT_NETWORK'] ?? 'pod';
  const ports =
    network === 'host'
      ? { tcp: AGENT_PORTS.hostTcp, udp: AGENT_PORTS.hostUdp }
      : { tcp: AGENT_PORTS.podTcp, udp: AGENT_PORTS.podUdp };
  return {
    node: env['NETWRIGHT_NODE'] ?? '',
    pod: env['NETWRIGHT_POD'] ?? '',
    network,
    tcpPort: portFrom(env['NETWRIGHT_TCP_PORT'], ports.tcp),
    udpPort: portFrom(env['NETWRIGHT_UDP_PORT'], ports.udp),
    key: keyFrom(env),
    addresses: [
      ...(env['NETWRIGHT_POD_IPS'] ?? '').split(',').filter(Boolean),
      ...addressesIn(env['NETWRIGHT_ADDRESSES_FILE']),
    ],
    serveForMs: Number(env['NETWRIGHT_SERVE_FOR_MS']) || SERVE_FOR_MS,
    terminationLogPath: env['NETWRIGHT_TERMINATION_LOG'] ?? '/dev/termination-log',
  };
}

/** An address as people write it: IPv4 in IPv6 form loses its prefix. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

/** Reads an identity of JSON; undefined for anything else, so that a stranger's answer is never believed. */
export function readIdentity(text: string | undefined): (Identity & { clientAddress: string }) | undefined {
  const { node, pod, network, clientAddress } = readObject(text ?? '') ?? {};
  if (
    typeof node !== 'string' ||
    typeof pod !== 'string' ||
    typeof network !== 'string' ||
    typeof clientAddress !== 'string'
  )
    return undefined;
  return { node, pod, network, clientAddress };
}
