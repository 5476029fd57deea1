import {
  OBSERVATION_VERSION,
  type Place,
  type ProbeKind,
  type ProbeName,
  type ProbeObservation,
  type ProbeOf,
} from '../../helpers/model/observation.ts';
import { probeSchema, type Asked, type Got } from '../../helpers/model/probe-observation.ts';
import type { SuiteName } from '../../helpers/model/suites.ts';
import { directly } from '../../helpers/observe/plans/crossing.ts';

interface Default<Kind extends ProbeKind> {
  suite: SuiteName;
  role: ProbeName;
  asked: Asked[Kind];
  got: Got[Kind];
}

/** A probe of each kind about which nothing is remarkable. */
export const DEFAULTS: { [Kind in ProbeKind]: Default<Kind> } = {
  tcp: { suite: 'pod-to-pod', role: 'same-node-pod', asked: { protocol: 'tcp' }, got: {} },
  http: { suite: 'cluster-ip', role: 'endpoint', asked: { protocol: 'tcp', path: '/health' }, got: {} },
  payload: { suite: 'pod-to-pod', role: 'tcp-small', asked: { protocol: 'tcp', payloadBytes: 64 }, got: {} },
  'udp-echo': { suite: 'pod-to-pod', role: 'udp-small', asked: { protocol: 'udp', payloadBytes: 64 }, got: {} },
  dns: {
    suite: 'coredns',
    role: 'service-name',
    asked: { protocol: 'udp', name: 'api.shop.svc.cluster.local', recordType: 'A' },
    got: {},
  },
  resolve: {
    suite: 'coredns',
    role: 'resolver-short-name',
    asked: { protocol: 'udp', name: 'api.shop', recordType: 'A' },
    got: {},
  },
  burst: {
    suite: 'overlay',
    role: 'burst',
    asked: { protocol: 'udp', payloadBytes: 120, count: 50, shape: 'vxlan', vni: 1 },
    got: {
      outcome: 'open',
      arrivedShare: 1,
      reason: '50 of 50 came out of the tunnel device',
      readings: {
        sent: 50,
        sendErrors: {},
        senderUplinkTx: 50,
        receiverUplinkRx: 50,
        tunnelRx: 50,
        receiverUdp: {},
        tunnelNoise: 0,
        uplinkNoise: 0,
        controlUdp: 'pass',
        controlTcp: 'pass',
      },
    },
  },
};

/** What a test says of a probe; the rest is unremarkable. */
export type Fields<Kind extends ProbeKind> = Partial<
  Omit<ProbeObservation, 'v' | 'type' | 'kind' | 'asked' | 'got'> & {
    asked: Partial<Asked[Kind]>;
    got: Partial<Got[Kind]>;
  }
>;

/**
 * An observation of a kind, as a run records one: it goes directly from its source to its destination unless it says
 * what else it crosses, and has passed unless it says how it ended.
 */
export function probeOf<Kind extends ProbeKind>(kind: Kind, fields: Fields<Kind> = {}): ProbeOf<Kind> {
  const { source = {}, destination = {}, verdict = 'pass' } = fields;
  const { asked, got, ...rest } = DEFAULTS[kind];
  const whole = {
    v: OBSERVATION_VERSION,
    type: 'probe' as const,
    id: 'p1',
    kind,
    ...rest,
    source,
    destination,
    crosses: directly(source, destination, 'small'),
    verdict,
    attempts: 1,
    succeeded: verdict === 'pass' ? 1 : 0,
    durationMs: 3,
    at: '2026-03-01T10:00:00.000Z',
    ...fields,
    asked: { ...asked, ...fields.asked },
    got: { ...got, ...fields.got },
  };
  // A test that makes what no run records proves nothing.
  probeSchema.parse(whole);
  return whole as unknown as ProbeOf<Kind>;
}

/** A place in a network of a node. */
export const at = (network: Place['network'], node?: string, more: Place = {}): Place => ({ network, node, ...more });
