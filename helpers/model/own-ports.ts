import type { ProbeName } from './probe-names.ts';
import type { ProbeObservation } from './probe-observation.ts';

/** Probes of the mesh and of the overlay's controls, which ask the agents' own ports at the nodes' addresses. */
const MESH: ReadonlySet<ProbeName> = new Set(['tcp-small', 'tcp-large', 'udp-small', 'udp-full', 'udp-fragmented']);
const CONTROLS: ReadonlySet<ProbeName> = new Set([
  'control-udp',
  'control-udp-slow',
  'control-tcp',
  'internal-udp',
  'internal-tcp',
]);

/**
 * Whether it asks a port of Netwright's own at a node's address. Nothing of a cluster needs that port: where a firewall
 * lets in listed ports only, it is closed, and no client is hurt.
 */
export const asksOwnPort = ({ role, destination }: Pick<ProbeObservation, 'role' | 'destination'>): boolean =>
  CONTROLS.has(role) || (MESH.has(role) && destination.network === 'host');

/** Whether nothing came back of it, be that a failure or, at a port that need not be open, evidence. */
export const isUnanswered = (probe: Pick<ProbeObservation, 'role' | 'destination' | 'verdict'>): boolean =>
  probe.verdict === 'fail' || (probe.verdict === 'evidence' && asksOwnPort(probe));
