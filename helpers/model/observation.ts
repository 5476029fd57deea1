import type { SuiteName } from './suites.ts';

/** What a run saw. Everything that later decides (suites, diagnosis, reports) reads these and nothing else. */

/** The version of the shapes in this file, written in each line of observations.ndjson. */
export const OBSERVATION_VERSION = 1;

/** Three values: not observed is never a pass and never a fail. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/**
 * Where a probe stood: `pod` in a pod network, `host` on a node's host network, `runner` where Netwright runs, `ssh` on
 * a node by SSH.
 */
export type Network = 'pod' | 'host' | 'runner' | 'ssh';

export type PathClass = 'pod-pod' | 'host-pod' | 'pod-host' | 'host-host';

/** Why an attempt did not succeed, in terms that a diagnosis can use. */
export type ErrorKind =
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'no-route'
  | 'prohibited'
  | 'message-too-large'
  | 'tls'
  | 'http-status'
  | 'wrong-identity'
  | 'wrong-answer'
  | 'no-reply'
  | 'partial-loss'
  | 'dns-rcode'
  | 'name-not-resolved'
  | 'lost-exec'
  | 'aborted'
  | 'not-observed'
  | 'other';

/** One end of a probe. */
export interface Place {
  network?: Network;
  node?: string;
  pod?: string;
  ip?: string;
  port?: number;
  /** What it is called: `namespace/service`, a host name, a DNS name. */
  name?: string;
}

/** One probe: all its attempts, source to destination, with a verdict of three. */
export interface ProbeObservation {
  v: typeof OBSERVATION_VERSION;
  type: 'probe';
  /** Unique in the run; findings cite it. */
  id: string;
  suite: SuiteName | 'diagnosis';
  kind: 'tcp' | 'http' | 'udp-echo' | 'payload' | 'dns' | 'vxlan';
  /**
   * What the probe stands for in its suite, for example `service`, `coredns-replica`, `large-payload`, `control-udp`.
   */
  role: string;
  source: Place;
  destination: Place;
  pathClass?: PathClass;
  /**
   * What the probe asked for, so that a recorded observation reads alone (protocol, payload bytes, DNS name, Host
   * header).
   */
  asked: Record<string, unknown>;
  verdict: Verdict;
  /** Always there when the verdict is inconclusive, and a short text when it is fail. */
  reason?: string;
  errorKind?: ErrorKind;
  attempts: number;
  succeeded: number;
  /** Times of the attempts that succeeded. */
  p50Ms?: number;
  p99Ms?: number;
  /** Wall time of the whole probe. */
  durationMs: number;
  /** What came back: status, head of the body, identity, rcode, answers, counters' rises. */
  got: Record<string, unknown>;
  /** ISO time at which the result was received. */
  at: string;
}

/**
 * Something read, not probed: a Kubernetes object's part, a counter, a route table. `key` says which;
 * docs/observations.md lists them.
 */
export interface FactObservation {
  v: typeof OBSERVATION_VERSION;
  type: 'fact';
  id: string;
  source: 'kubernetes' | 'probe' | 'ssh' | 'runner';
  /** The node it is true of; absent for the cluster as a whole. */
  node?: string;
  key: string;
  value: unknown;
  /** Set when it could not be read: the value is then null, and nothing may be concluded from it. */
  notObserved?: string;
  at: string;
}

export type Observation = ProbeObservation | FactObservation;
