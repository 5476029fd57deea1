import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, failing, run, serviceFact } from '../../../support/cluster.ts';

const listening = (node: string, ...ports: number[]) =>
  fact('sockets', { tcp: ports.map((port) => ({ address: '0.0.0.0', port, uid: 0 })), udp: [] }, node);
const sockets = [listening('a', 10_250, 10_256), listening('b', 10_250), listening('c', 10_250, 10_256)];

const OWN = { namespace: 'netwright-r1', name: 'canary', clusterIp: '10.43.0.77', isOwn: true as const };
const services = [serviceFact(['a', 'c']), serviceFact(['a', 'b', 'c'], OWN)];

const asked = (node: string, name: string, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    role: 'service',
    source: at('pod', node),
    destination: { ip: '10.43.0.1', port: 80, name },
    crosses: { service: name, translation: [node], servedFrom: [node], size: 'mixed' },
    ...fields,
  });
const OURS = 'netwright-r1/canary';
const passing = [asked('a', OURS), asked('a', 'shop/api'), asked('b', 'shop/api')];

const findingsOf = (...observations: (Observation | readonly Observation[])[]) =>
  diagnosed(CLUSTER, services, ...observations).map(({ code, confidence, locations }) => [
    confidence,
    code,
    locations[0]?.node,
  ]);

test('a stopped kube-proxy accounts for the own Service that its node has not taken in', () => {
  const observations = run(CLUSTER, services, sockets, passing, asked('b', OURS, failing('timeout')));
  const { findings, unexplained } = diagnose(observations);
  expect(findings.map(({ code, confidence }) => [confidence, code])).toEqual([['proved', 'kube-proxy-stopped']]);
  expect(findings[0]?.evidence.map(({ text }) => text)).toContainEqual(expect.stringContaining(`not taken ${OURS} in`));
  expect(unexplained).toEqual([]);
});

test('the same failure with kube-proxy running on every node is not called so', () => {
  const running = ['a', 'b', 'c'].map((node) => listening(node, 10_256));
  expect(findingsOf(running, passing, asked('b', OURS, failing('timeout')))).not.toContainEqual(
    expect.arrayContaining(['kube-proxy-stopped']),
  );
});

test('an own Service that no node reaches is not for the one kube-proxy that is stopped to account for', () => {
  const cut = ['a', 'b', 'c'].map((node) => asked(node, OURS, failing('timeout')));
  const { unexplained } = diagnose(run(CLUSTER, services, sockets, asked('b', 'shop/api'), cut));
  expect(unexplained.length).toBeGreaterThan(0);
});

test('a node that has taken the own Service in has somebody who translates, whatever port it listens at', () => {
  expect(findingsOf(sockets, passing, asked('b', OURS))).toEqual([]);
});

test('a node without the health port is named where there is no own Service to go by', () => {
  expect(findingsOf(sockets, asked('a', 'shop/api'), asked('b', 'shop/api'))).toEqual([
    ['proved', 'kube-proxy-stopped', 'b'],
  ]);
});
