import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { CLUSTER, diagnosed, fact, nodeFact, podToPod, unread } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const SILENT = 'Kubelet stopped posting node status.';
const unheard = nodeFact('b', {
  ready: false,
  unheard: true,
  notReadyReason: SILENT,
  conditions: [{ type: 'Ready', status: 'Unknown', message: SILENT }],
});
const elsewhere = podToPod('a', 'c');
/** Its NodePort answers: the machine is there. */
const alive = probeOf('http', {
  suite: 'node-port',
  role: 'from-node',
  source: at('host', 'a'),
  destination: at('host', 'b', { ip: '10.0.0.2', port: 30080 }),
});
const kubelet = { source: at('host', 'a'), destination: at('host', 'b', { ip: '10.0.0.2', port: 10250 }) };
const port = (errorKind?: 'refused' | 'timeout'): Observation =>
  probeOf('tcp', {
    suite: 'overlay',
    role: 'control-kubelet',
    ...kubelet,
    ...(errorKind && { verdict: 'evidence', errorKind, succeeded: 0 }),
  });
const tls = (isAnswered: boolean): Observation =>
  probeOf('http', {
    suite: 'overlay',
    role: 'kubelet-tls',
    ...kubelet,
    asked: { protocol: 'https' },
    ...(!isAnswered && {
      verdict: 'evidence',
      errorKind: 'timeout',
      succeeded: 0,
      reason: 'connected, but no TLS handshake within 2000 ms',
    }),
  });
const log = (...lines: string[]) =>
  fact(
    'ssh/kubelet-log',
    lines.map((text) => ({ text, ageSeconds: 5 })),
    'b',
  );
const agents = (state: string, name = 'k3s-agent', elapsedSeconds = 900) =>
  fact('ssh/node-agents', [{ pid: 9, state, name, elapsedSeconds }], 'b');
const way = (small: FactValue<'ssh/api-server-way'>['small'], large = small) =>
  fact('ssh/api-server-way', { server: 'https://10.0.0.1:6443', connections: [], small, large }, 'b');
const ANSWERED = { exit: 0, connected: true, status: 401 };
const LATE = { exit: 28, connected: false };

const named = (...observations: (Observation | readonly Observation[])[]): string[] =>
  diagnosed(CLUSTER, elsewhere, unheard, ...observations).map(({ code, confidence }) => `${confidence} ${code}`);

describe('a node that is not heard', () => {
  test('and of which nothing answers is not Ready, and no more is said', () => {
    expect(named(port('timeout'), unread('ssh', 'SSH: no route to the host', 'b'))).toEqual([
      'proved node-not-ready-endpoints',
    ]);
  });

  test('with its kubelet’s port refused, though the machine answers, may have no kubelet', () => {
    expect(named(alive, port('refused'))).toEqual(['proved node-not-ready-endpoints', 'candidate kubelet-down']);
  });

  test('on which no kubelet runs has none', () => {
    expect(named(alive, port('refused'), agents('Ssl', 'containerd'))).toEqual(['proved kubelet-down']);
  });

  test('has none either where its log tells of a certificate that it has got over', () => {
    const readAt = '2026-11-28T16:32:57.000Z';
    const refusals = (ageSeconds: number): Observation => ({
      ...fact(
        'ssh/kubelet-log',
        [1, 2].map(() => ({ text: 'E1128 node.go:107] "Unable to register" err="Unauthorized"', ageSeconds })),
        'b',
      ),
      at: readAt,
    });
    const heard = {
      type: 'Ready' as const,
      status: 'Unknown' as const,
      message: SILENT,
      heardAt: '2026-11-28T16:32:21.000Z',
    };
    const node = nodeFact('b', { ready: false, unheard: true, notReadyReason: SILENT, conditions: [heard] });
    const of = (ageSeconds: number) =>
      diagnosed(
        CLUSTER,
        elsewhere,
        node,
        alive,
        port('refused'),
        agents('Ssl', 'containerd'),
        refusals(ageSeconds),
      ).map(({ code, confidence }) => `${confidence} ${code}`);
    expect(of(60)).toEqual(['proved kubelet-down']);
    expect(of(20)).toEqual(['proved kubelet-certificate-or-clock']);
  });

  test('and whose kubelet has run for long behind a port that is refused is not one without a kubelet', () => {
    expect(named(alive, port('refused'), agents('Sl'), way(LATE))).toEqual(['proved node-cannot-reach-api']);
  });

  test('with a kubelet that is started again and again has none either, and its last words are said', () => {
    const [finding] = diagnosed(
      CLUSTER,
      elsewhere,
      unheard,
      alive,
      port('refused'),
      agents('Sl', 'kubelet', 3),
      log(
        'E1127 05:51:00.123 9 a.go:1] "Failed" err="x"',
        'F1127 05:51:01.123 9 run.go:72] "command failed" err="swap"',
      ),
    );
    expect(finding).toMatchObject({ code: 'kubelet-down', confidence: 'proved' });
    expect(finding?.evidence.map(({ text }) => text)).toContain('its log: run.go:72] "command failed" err="swap"');
  });

  test('with a port that takes connections and answers no TLS may have one that hangs', () => {
    expect(named(alive, port(), tls(false))).toEqual(['proved node-not-ready-endpoints', 'candidate kubelet-down']);
  });

  test('with a kubelet that is stopped has one that hangs', () => {
    expect(named(alive, port(), tls(false), agents('Tl'), way(ANSWERED))).toEqual(['proved kubelet-down']);
  });

  test('with a kubelet that answers others is likely cut off from the API server', () => {
    expect(named(alive, port(), tls(true))).toEqual([
      'proved node-not-ready-endpoints',
      'candidate node-cannot-reach-api',
    ]);
  });

  test('whose log complains of certificates is not cut off from a server that answers', () => {
    const expired = log('E1127 05:51:00.123 9 a.go:1] err="x509: certificate has expired or is not yet valid"');
    expect(named(alive, port(), tls(true), agents('Sl'), way(ANSWERED), expired)).toEqual([
      'proved kubelet-certificate-or-clock',
    ]);
  });

  test('with a clock that is two hours off, and no word of it, may have that for its cause', () => {
    const clock = { ...fact('ssh/clock', { epochMs: Date.parse('2026-03-01T12:00:00Z') }, 'b') };
    const server = fact('api-clock', { aheadMs: 0 });
    expect(named(alive, port(), tls(true), agents('Sl'), way(ANSWERED), clock, server)).toEqual([
      'proved node-not-ready-endpoints',
      'candidate kubelet-certificate-or-clock',
    ]);
  });

  test('that only gets short requests through to the server loses packets of full size', () => {
    const findings = diagnosed(
      CLUSTER,
      elsewhere,
      unheard,
      alive,
      port(),
      tls(true),
      agents('Sl'),
      way(ANSWERED, LATE),
    );
    expect(findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual(['proved node-cannot-reach-api']);
    expect(findings[0]?.title).toContain('full size');
  });

  test('and from which SSH brings only short answers loses its packets of full size everywhere', () => {
    const tried = fact(
      'ssh/size-tried',
      { smallBytes: 400, largeBytes: 6_000, smallCame: true, largeCame: false },
      'b',
    );
    expect(named(alive, port(), tls(false), tried)).toEqual(['proved pmtu-blackhole']);
  });
});

describe('a node whose kubelet says that it is not Ready', () => {
  const saying = (message: string) =>
    nodeFact('b', {
      ready: false,
      notReadyReason: message,
      conditions: [{ type: 'Ready', status: 'False', message }],
    });

  test.each([
    ['NetworkReady=false reason:NetworkPluginNotReady message: cni plugin not initialized', 'cni-not-initialized'],
    ['[container runtime is down, PLEG is not healthy]', 'container-runtime-down'],
    ['node is shutting down', 'node-not-ready-endpoints'],
  ])('%s: proves %s', (words, code) => {
    const findings = diagnosed(CLUSTER, elsewhere, saying(words), alive, port(), tls(true));
    expect(findings.map((each) => `${each.confidence} ${each.code}`)).toEqual([`proved ${code}`]);
  });
});

test('A node that is cordoned and Ready is no finding', () => {
  const cordoned = nodeFact('b', { unschedulable: true, taints: ['node.kubernetes.io/unschedulable:NoSchedule'] });
  expect(diagnosed(CLUSTER, elsewhere, cordoned)).toEqual([]);
});
