import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, fact, found, nodeFact, podToPod } from '../../../support/cluster.ts';

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
