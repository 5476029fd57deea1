/**
 * What the client says to the agent and hears back, over one exec a pod: a line of JSON in (a batch), lines of JSON out
 * (one result a probe, as each ends, then one `done`). The stream stays open, so a suite may send several batches by
 * one exec. Imported by the agent's bundle too: types only.
 */

interface ProbeSpecBase {
  /** Chosen by the client, unique in the batch, echoed in the result. */
  id: string;
  host: string;
  port: number;
  timeoutMs: number;
  /** How many times; each attempt is reported in the sums. Default 1. */
  attempts?: number;
  /** Pause between attempts. Default 0. */
  intervalMs?: number;
  /** So long after the batch has come the probe begins, at the earliest; not part of its times. Default 0. */
  startAfterMs?: number;
}

/** TCP connect, nothing sent. */
export interface TcpSpec extends ProbeSpecBase {
  kind: 'tcp';
}

/** One HTTP request a attempt, each on a connection of its own. */
export interface HttpSpec extends ProbeSpecBase {
  kind: 'http';
  tls?: boolean;
  /** SNI and the name that the certificate is verified against. */
  serverName?: string;
  /** PEM bundle to verify against; the system's roots when absent. */
  ca?: string;
  hostHeader?: string;
  /** Sent besides. */
  headers?: Record<string, string>;
  /** Any authority will do, where the certificate is for the name and in time: nobody said which it has to be. */
  anyIssuer?: true;
  /** Any certificate will do: its own names are not what is asked for. */
  anyCertificate?: true;
  /** Begin the connection with a PROXY protocol header (version 1), as a load balancer in front of an ingress may. */
  proxyProtocol?: true;
  path: string;
  /** How much of the body to keep. Default 512. */
  bodyBytes?: number;
}

/** Datagrams with a token each to an agent's UDP port; only an answer that carries the token counts. */
export interface UdpEchoSpec extends ProbeSpecBase {
  kind: 'udp-echo';
  payloadBytes: number;
  /**
   * Asks for the DF bit, which Node cannot set: `got.dontFragment` says what was done. Linux sets it on what fits the
   * path's known MTU.
   */
  dontFragment?: boolean;
}

/** A POST of so many bytes to an agent's TCP port, which must send the same back. */
export interface PayloadSpec extends ProbeSpecBase {
  kind: 'payload';
  payloadBytes: number;
}

export interface DnsSpec extends ProbeSpecBase {
  kind: 'dns';
  name: string;
  recordType: 'A' | 'AAAA' | 'SRV';
  transport: 'udp' | 'tcp';
}

/**
 * What an application does: getaddrinfo with the pod's own resolv.conf, search list and all. `host` and `port` are not
 * used.
 */
export interface ResolveSpec extends ProbeSpecBase {
  kind: 'resolve';
  name: string;
}

/**
 * VXLAN-shaped datagrams by an ordinary UDP socket; nothing answers: the receiver's counters tell (read them by
 * `facts`).
 */
export interface BurstSpec extends ProbeSpecBase {
  kind: 'burst';
  vni: number;
  count: number;
  payloadBytes: number;
  /** `vxlan`: flags 0x08, the VNI, an inner frame to `innerMac`. `random`: bytes that are no VXLAN header. */
  shape: 'vxlan' | 'random';
  /** Destination of the inner frame. Default a locally administered address that nobody owns. */
  innerMac?: string;
}

/** Reads from /proc and /sys of the pod's network namespace (the node's, in the host-network pod). */
export interface FactsSpec {
  kind: 'facts';
  id: string;
  /**
   * `counters`: every device's statistics, /proc/net/snmp, netstat and softnet; `routes`: /proc/net/route and fib;
   * `links`: devices with MTU, MAC, flags, master; `sysctls`: those that the network rests on; `resolv`: resolv.conf.
   */
  sets: import('../model/facts/agent.ts').AgentSet[];
}

export type ProbeSpec = TcpSpec | HttpSpec | UdpEchoSpec | PayloadSpec | DnsSpec | ResolveSpec | BurstSpec;

export interface Batch {
  /** Echoed in every line that answers this batch. */
  batch: string;
  /** How many probes run at once. */
  concurrency: number;
  probes: (ProbeSpec | FactsSpec)[];
}

/** An attempt's error, by kind and by the system's own words. */
export interface AttemptError {
  kind: import('../model/observation.ts').ErrorKind;
  text: string;
}

export interface ProbeResult {
  batch: string;
  id: string;
  attempts: number;
  succeeded: number;
  /** Times in ms of the attempts that succeeded, in their order. */
  timesMs: number[];
  durationMs: number;
  /** The last attempt's error, when any attempt failed. */
  error?: AttemptError;
  /**
   * As model/agent-got.ts has it for the kind of what was asked; for facts by set, and `notObserved` with a reason by
   * set. The line names no kind: who asked reads it by the kind that was asked for.
   */
  got: Record<string, unknown>;
}

/** How busy an agent's node was during a batch. */
export interface Strain {
  /** The longest time for which the agent's process was kept from running. */
  longestStallMs: number;
  processors: number;
  /** Processes of the node that run or wait for a processor, at the batch's end. */
  runnable?: number;
}

export interface BatchDone {
  batch: string;
  done: true;
  durationMs: number;
  /** Absent from agents that do not measure it. */
  strain?: Strain;
}

/** A batch that the agent could not read or run at all. */
export interface BatchRefused {
  batch: string;
  refused: string;
}

export type AgentLine = ProbeResult | BatchDone | BatchRefused;
