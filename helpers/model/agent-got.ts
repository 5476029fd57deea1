import { z } from 'zod';
import { errorCounts } from './burst.ts';

/** Who answered: the probe agent of a pod. */
const peer = z.object({ node: z.string(), pod: z.string(), network: z.string() });

/** What a server's certificate says of itself. */
export const certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  altNames: z.string(),
});
export type Certificate = z.infer<typeof certificate>;

/** How far an attempt came. */
export const PHASES = ['lookup', 'connect', 'tls', 'response', 'answer', 'body'] as const;
export type Phase = (typeof PHASES)[number];

export const failing = {
  /** Attempts that failed, by kind. */
  errorKinds: errorCounts.optional(),
  /** How far the last attempt came, where none succeeded. */
  phase: z.enum(PHASES).optional(),
  /** Attempts that failed before the whole was measured once more, which then lost nothing. */
  lostAtFirst: z.number().optional(),
};

const echoed = { peer: peer.optional(), clientAddress: z.string().optional(), payloadBytes: z.number().optional() };

/** What an agent says of each kind of probe, beside sums and times. All is optional: a failed attempt has little. */
export const agentGot = {
  tcp: z.object({ localAddress: z.string().optional(), ...failing }),
  http: z.object({
    status: z.number().optional(),
    /** Lower-case names. */
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    bodyTruncated: z.boolean().optional(),
    bodyLength: z.number().optional(),
    localAddress: z.string().optional(),
    /** Also when it does not verify. */
    certificate: certificate.optional(),
    ...failing,
  }),
  payload: z.object({ ...echoed, status: z.number().optional(), ...failing }),
  'udp-echo': z.object({
    ...echoed,
    lost: z.number().optional(),
    p50Ms: z.number().optional(),
    p99Ms: z.number().optional(),
    duplicates: z.number().optional(),
    /** Datagrams without a token of ours. */
    strangers: z.number().optional(),
    dontFragment: z.string().optional(),
    ...failing,
  }),
  dns: z.object({
    rcode: z.string().optional(),
    /** Addresses, or targets and ports of an SRV record. */
    answers: z.array(z.union([z.string(), z.object({ target: z.string(), port: z.number() })])).optional(),
    truncated: z.boolean().optional(),
    strangers: z.number().optional(),
    ...failing,
  }),
  resolve: z.object({ addresses: z.array(z.string()).optional(), ...failing }),
  burst: z.object({
    sent: z.number().optional(),
    sendErrors: errorCounts.optional(),
    payloadBytes: z.number().optional(),
    sendMs: z.number().optional(),
  }),
};

export type ProbeKind = keyof typeof agentGot;
/** What an agent may say, by the kind of what it was asked. */
export type AgentGot = { [Kind in ProbeKind]: z.infer<(typeof agentGot)[Kind]> };

/** The same before the kind matters: whatever an attempt may have noted. */
export type AnyAgentGot = AgentGot['tcp'] &
  AgentGot['http'] &
  AgentGot['payload'] &
  AgentGot['udp-echo'] &
  AgentGot['dns'] &
  AgentGot['resolve'] &
  AgentGot['burst'];
