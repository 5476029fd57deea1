import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, fact, failing, found, nodeFact, podToPod, run } from '../../../support/cluster.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'api-server-unresponsive';
const silence = (seconds: number, unheardNodes: string[] = []) =>
  fact('api-silence', {
    from: '2026-03-01T09:59:00.000Z',
    until: '2026-03-01T09:59:21.000Z',
    seconds,
    unheardNodes,
  });

test('An API server that nodes could not report to either did not answer: that is proved, and the only finding', () => {
  const findings = diagnosed(CLUSTER, podToPod('a', 'b'), silence(21, ['a', 'b']));
  expect(findings.map(({ code, confidence, title }) => [code, confidence, title])).toEqual([
    [CODE, 'proved', 'the API server did not answer for at least 21 s'],
  ]);
  expect(findings[0]?.evidence.map(({ text }) => text)).toEqual([
    'no request of the run was answered for at least 21 s, from 09:59:00 to 09:59:21 (UTC)',
    '2 nodes could not report to it either, and counted as not Ready until then: a, b',
  ]);
});

test('An API server that only the run got no answer from is a candidate: its way there may be at fault', () => {
  expect(found(CODE, CLUSTER, silence(21))).toEqual(['candidate at']);
});

test('An API server that hesitated for less than a kubelet’s report is no finding', () => {
  expect(found(CODE, CLUSTER, silence(9))).toEqual([]);
});

test('A node that has not reported since is not Ready, whatever the API server did before', () => {
  const codes = diagnosed(CLUSTER, silence(21, ['a']), nodeFact('c', { ready: false, unheard: true })).map(
    ({ code, locations }) => [code, locations[0]?.node],
  );
  expect(codes).toEqual([
    [CODE, undefined],
    ['node-not-ready-endpoints', 'c'],
  ]);
});

const askedService = (time: string, errorKind: 'refused' | 'timeout' = 'refused') =>
  probeOf('tcp', {
    source: at('pod', 'a'),
    destination: { ip: '10.43.0.10', port: 80, name: 'shop/api' },
    crosses: { service: 'shop/api', servedFrom: ['b'], translation: ['a'], size: 'small' },
    at: time,
    ...failing(errorKind),
  });
const unexplained = (...probes: ReturnType<typeof askedService>[]) =>
  diagnose(run(CLUSTER, silence(21, ['a', 'b']), probes)).unexplained.length;

test('A Service that refuses until its nodes have reported again follows from the silence', () => {
  expect(unexplained(askedService('2026-03-01T09:59:30.000Z'))).toBe(0);
  const [finding] = diagnosed(CLUSTER, silence(21, ['a', 'b']), askedService('2026-03-01T09:59:30.000Z'));
  expect([finding?.code, finding?.evidence.at(-1)?.text]).toEqual([
    CODE,
    'Services had no endpoints for that time: 1 probe failed by a refusal',
  ]);
});

test('A Service that refuses minutes later, or is silent, does not follow from the silence of the API server', () => {
  expect(unexplained(askedService('2026-03-01T10:05:00.000Z'))).toBe(1);
  expect(unexplained(askedService('2026-03-01T09:59:30.000Z', 'timeout'))).toBe(1);
});
