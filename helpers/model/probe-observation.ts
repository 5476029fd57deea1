import { z } from 'zod';
import { agentGot, certificate, type ProbeKind } from './agent-got.ts';
import { BURST_OUTCOMES, burstReadings } from './burst.ts';
import { crossesSchema } from './crosses.ts';
import { PATH_CLASSES, placeSchema } from './place.ts';
import { PROBE_NAMES } from './probe-names.ts';
import { SUITES } from './suites.ts';
import { ERROR_KINDS, EXPECTATIONS, VERDICTS } from './verdict.ts';
import { OBSERVATION_VERSION } from './version.ts';

const errorKind = z.enum(ERROR_KINDS);
/** Where a part of the attempts failed: how many, and how the last of them. */
const loss = { lost: z.number().optional(), lastErrorKind: errorKind.optional() };

const ofService = {
  connections: z.number().optional(),
  /** Of a NodePort, in older recordings: the Service's policy, and whether the node has an endpoint of its own. */
  externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
  endpointOnNode: z.boolean().optional(),
};
const recordType = z.enum(['A', 'AAAA', 'SRV']);

/** What each kind of probe asked for, so that a recorded observation reads alone. */
const asked = {
  tcp: z.object({ protocol: z.literal('tcp'), ...ofService }),
  http: z.object({
    protocol: z.enum(['tcp', 'http', 'https']),
    path: z.string(),
    /** The Host header. */
    host: z.string().optional(),
    /** The Service that must answer for the host. */
    service: z.string().optional(),
    by: z.literal('ssh').optional(),
    /** The connections began with a PROXY protocol header. */
    proxyProtocol: z.literal(true).optional(),
    ...ofService,
  }),
  payload: z.object({ protocol: z.literal('tcp'), payloadBytes: z.number() }),
  'udp-echo': z.object({ protocol: z.literal('udp'), payloadBytes: z.number() }),
  dns: z.object({
    protocol: z.enum(['udp', 'tcp']),
    name: z.string(),
    recordType,
    connections: z.number().optional(),
  }),
  resolve: z.object({ protocol: z.literal('udp'), name: z.string(), recordType }),
  burst: z.object({
    protocol: z.literal('udp'),
    payloadBytes: z.number(),
    count: z.number(),
    shape: z.enum(['vxlan', 'random']),
    /** Of a VXLAN header. */
    vni: z.number().optional(),
  }),
};

/** The answer, as it was judged; absent for a probe that its agent did not report. */
const got = {
  tcp: agentGot.tcp.extend(loss),
  http: z.object({
    /** Attempts with an answer, of all. */
    answered: z.number().optional(),
    of: z.number().optional(),
    /** Of the first answer that is not right, else of the first. */
    status: z.number().optional(),
    bodyHead: z.string().optional(),
    /** Where that answer redirects to. */
    location: z.string().optional(),
    /** `pod on node`, where the answers say so. */
    answeredBy: z.array(z.string()).optional(),
    /** Where it did not verify. */
    certificate: certificate.optional(),
    ...loss,
  }),
  payload: agentGot.payload.extend(loss),
  'udp-echo': agentGot['udp-echo'].extend(loss),
  dns: agentGot.dns.extend(loss),
  resolve: agentGot.resolve.extend(loss),
  burst: z.object({
    outcome: z.enum(BURST_OUTCOMES),
    /** Share of the burst that came out of the receiver's tunnel device, 0 to 1. */
    arrivedShare: z.number().optional(),
    reason: z.string(),
    readings: burstReadings,
  }),
};

const frame = {
  v: z.literal(OBSERVATION_VERSION),
  type: z.literal('probe'),
  /** Unique in the run; findings cite it. */
  id: z.string(),
  suite: z.enum([...SUITES, 'diagnosis']),
  /** What the probe stands for in its suite. */
  role: z.enum(PROBE_NAMES),
  source: placeSchema,
  destination: placeSchema,
  pathClass: z.enum(PATH_CLASSES).optional(),
  crosses: crossesSchema,
  /** What it has to meet; `must-pass` where absent. */
  expectation: z.enum(EXPECTATIONS).optional(),
  verdict: z.enum(VERDICTS),
  /** Always there when the verdict is inconclusive, and a short text when it is fail. */
  reason: z.string().optional(),
  errorKind: errorKind.optional(),
  attempts: z.number(),
  succeeded: z.number(),
  /** Times of the attempts that succeeded. */
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
  /** Wall time of the whole probe. */
  durationMs: z.number(),
  /** ISO time at which the result was received. */
  at: z.string(),
};

const observationOf = <Kind extends ProbeKind>(kind: Kind) =>
  z.object({ ...frame, kind: z.literal(kind), asked: asked[kind], got: got[kind] });

/** One probe: all its attempts, source to destination, with a verdict. */
export const probeSchema = z.discriminatedUnion('kind', [
  observationOf('tcp'),
  observationOf('http'),
  observationOf('payload'),
  observationOf('udp-echo'),
  observationOf('dns'),
  observationOf('resolve'),
  observationOf('burst'),
]);

export type ProbeObservation = z.infer<typeof probeSchema>;
export type ProbeOf<Kind extends ProbeKind> = Extract<ProbeObservation, { kind: Kind }>;
export type Asked = { [Kind in ProbeKind]: ProbeOf<Kind>['asked'] };
export type Got = { [Kind in ProbeKind]: ProbeOf<Kind>['got'] };
