import { describe, expect, it, test } from 'vitest';
import type { ErrorKind } from '../../../helpers/model/observation.ts';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import type { ResultOf } from '../../../helpers/observe/planned-probe.ts';
import { planIngress } from '../../../helpers/observe/plans/ingress.ts';
import { planCanaryUdp, planCanaryUdpNodePorts } from '../../../helpers/observe/plans/canary-udp.ts';
import { planNodePorts } from '../../../helpers/observe/plans/node-ports.ts';
import { planClusterIps, planEndpoints } from '../../../helpers/observe/plans/services.ts';
import { isCanary, withoutCanary } from '../../../helpers/observe/canary.ts';
import { isProof } from '../../../helpers/probe/agent/proof.ts';
import { PROOF_HEADER } from '../../../helpers/probe/agent/identity.ts';
import { withCanary } from '../../../helpers/run/with-canary.ts';
import { runContext, serviceOn } from './support/run-context.ts';

const HOST = 'canary-r1.netwright.invalid';
const KEY = 'k1';
const references = new Map();

const ports = { http: 1, other: 1, udp: 2 };
const canaryService = serviceOn([0, 1], {
  endpoints: serviceOn([0, 1]).endpoints.map((endpoint) => ({ ...endpoint, ports })),
  namespace: 'netwright-r1',
  name: 'canary',
  clusterIp: '10.43.0.77',
  isOwn: true,
  ports: [
    { name: 'http', protocol: 'TCP', port: 80, targetPort: '1', nodePort: 31001 },
    { name: 'other', protocol: 'TCP', port: 8080, targetPort: '1', nodePort: 31002 },
    { name: 'udp', protocol: 'UDP', port: 8377, targetPort: '2', nodePort: 31003 },
  ],
});
const before = runContext({
  nodes: 2,
  service: serviceOn([0]),
  targets: { ingressNodes: ['node-1'], loadBalancer: '198.51.100.1' },
});
const context = withCanary(before, {
  canary: {
    service: 'netwright-r1/canary',
    key: KEY,
    readyAtMs: 0,
    ingress: { host: HOST },
  },
  services: [canaryService],
  ingresses: [
    {
      namespace: 'netwright-r1',
      name: 'canary',
      className: 'nginx',
      rules: [{ host: HOST, path: '/', service: 'canary', servicePort: 80 }],
      tlsHosts: [HOST],
    },
  ],
  holes: [],
});
const own = <T extends { service?: string }>(probes: T[]): T[] =>
  probes.filter(({ service }) => isCanary(context, service));
const clusterIps = planClusterIps(context, references);
const nodePorts = planNodePorts(context, references);
const ingress = planIngress(context, { references });

const failed = (kind: ErrorKind, phase: 'connect' | 'tls' | 'response' = 'connect'): ResultOf<'http'> => ({
  batch: 'b',
  id: 'p',
  attempts: 1,
  succeeded: 0,
  timesMs: [],
  durationMs: 1,
  error: { kind, text: kind },
  got: { phase },
});
const answered = (status: number): ResultOf<'http'> => ({
  batch: 'b',
  id: 'p',
  attempts: 1,
  succeeded: 1,
  timesMs: [1],
  durationMs: 1,
  got: { status, headers: {}, body: '' },
});

describe('the canary', () => {
  it('is asked by each of its TCP ports, with a proof of the key that no other Service is sent', () => {
    expect(new Set(own(clusterIps).map(({ destination }) => destination.port))).toEqual(new Set([80, 8080]));
    const headersOf = (probes: typeof clusterIps) =>
      probes.flatMap(({ specs }) => specs.map((spec) => ('headers' in spec ? Object.entries(spec.headers ?? {}) : [])));
    for (const probes of [clusterIps, planEndpoints(context, references), nodePorts, ingress]) {
      for (const [[name, value] = ['', '']] of headersOf(own(probes))) {
        expect([name, isProof(KEY, Buffer.from(value, 'hex'))]).toEqual([PROOF_HEADER, true]);
      }
      const others = probes.filter(({ service }) => !isCanary(context, service));
      expect(headersOf(others).flat()).toEqual([]);
    }
  });

  it('is asked by UDP from every node and network, and by its NodePort from every node, itself among them', () => {
    expect(planCanaryUdp(context).map(({ source }) => `${source.network} ${source.node}`)).toEqual([
      'pod node-0',
      'host node-0',
      'pod node-1',
      'host node-1',
    ]);
    expect(planCanaryUdpNodePorts(context).map(({ source, destination }) => [source.node, destination.node])).toEqual([
      ['node-0', 'node-0'],
      ['node-1', 'node-0'],
      ['node-0', 'node-1'],
      ['node-1', 'node-1'],
    ]);
  });

  it('is asked by its NodePort from the node itself, where no firewall is between; no other Service is', () => {
    const atHome = nodePorts.filter(({ source, destination }) => source.node === destination.node);
    expect(atHome).not.toEqual([]);
    expect(own(atHome)).toEqual(atHome);
  });

  it('is asked at the nodes of its controller and not through a load balancer, by any certificate', () => {
    expect(ingress.map(({ role, destination, asked }) => [role, destination.node, asked.protocol])).toEqual([
      ['worker', 'node-1', 'https'],
      ['worker', 'node-1', 'http'],
    ]);
    expect(ingress.flatMap(({ specs }) => specs.map(({ anyCertificate }) => anyCertificate))).not.toContain(undefined);
  });

  it('leaves no trace in a run without it', () => {
    expect(withoutCanary(context)).toEqual({ ...before, canary: undefined });
    expect(planCanaryUdp(before)).toEqual([]);
    expect(planCanaryUdpNodePorts(before)).toEqual([]);
  });
});

type Expected = 'pass' | 'fail' | 'evidence';

describe("silence of the canary's NodePort", () => {
  const judged = (isHome: boolean, result: ResultOf<'http'>): unknown => {
    const probe = own(nodePorts).find(({ source, destination }) => (source.node === destination.node) === isHome);
    return probe?.kind === 'http' ? probe.judge([result]).verdict : undefined;
  };
  test.each<[string, boolean, ResultOf<'http'>, Expected]>([
    ['is evidence towards another node, for a firewall may be between', false, failed('timeout'), 'evidence'],
    ['fails at the node itself', true, failed('timeout'), 'fail'],
    ['fails where the connection was made', false, failed('timeout', 'response'), 'fail'],
    ['that is a refusal fails', false, failed('refused'), 'fail'],
    ['that is an answer of somebody else fails', false, answered(200), 'fail'],
  ])('%s', (_, isHome, result, expected) => {
    expect(judged(isHome, result)).toBe(expected);
  });
});

describe('an ingress that is asked for the canary', () => {
  const judged = (protocol: string, result: ResultOf<'http'>): unknown =>
    ingress.find(({ asked }) => asked.protocol === protocol)?.judge([result]).verdict;
  test.each<[string, string, ResultOf<'http'>, Expected]>([
    ['fails where it does not know the host', 'http', answered(404), 'fail'],
    ['fails where it does not reach the pods', 'http', answered(504), 'fail'],
    ['fails where nothing listens', 'http', failed('refused'), 'fail'],
    ['is not judged where it is silent', 'http', failed('timeout'), 'evidence'],
    ['is not judged where it wants a login first', 'http', answered(401), 'evidence'],
    ['is not judged where it serves no https without a certificate', 'https', answered(404), 'evidence'],
    ['is not judged where it breaks the handshake off', 'https', failed('tls', 'tls'), 'evidence'],
    ['fails over https too where it does not reach the pods', 'https', answered(503), 'fail'],
  ])('%s', (_, protocol, result, expected) => {
    expect(judged(protocol, result)).toBe(expected);
  });
});

const holes = [{ what: "Netwright's own Service and Ingress", why: 'refused', isByChoice: true }];

describe('a run whose canary could not be made', () => {
  it('has the reason among its holes, and all else as before', () => {
    const without: RunContext = withCanary(before, { services: [], ingresses: [], holes });
    expect(without).toEqual({ ...before, holes });
  });
});
