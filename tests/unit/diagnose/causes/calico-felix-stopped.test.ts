import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, fact, failing, hostRoute, run } from '../../../support/cluster.ts';

const overlay = fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' });
const listening = (node: string, ...ports: number[]) =>
  fact('sockets', { tcp: ports.map((port) => ({ address: '127.0.0.1', port, uid: 0 })), udp: [] }, node);
const routes = (node: string, ...of: ReturnType<typeof hostRoute>[]) =>
  fact('routes', [hostRoute('0.0.0.0/0', 'eth0'), hostRoute('10.42.64.0/26', 'tunl0'), ...of], node);

const IP = '10.42.9.7';
const pod = { ...at('pod', 'b'), ip: IP };
const asked = (fields: object = {}) =>
  probeOf('tcp', { role: 'tcp-small', pathClass: 'pod-pod', source: at('pod', 'a'), destination: pod, ...fields });
const own = probeOf('tcp', {
  role: 'tcp-small',
  pathClass: 'pod-pod',
  source: pod,
  destination: at('pod', 'a'),
  ...failing('timeout'),
});
const SOUND = ['a', 'b', 'c'].map((node) => listening(node, 9099));
const STOPPED = [listening('a', 9099), listening('b', 10_250), listening('c', 9099)];

const findingsOf = (...observations: (Observation | readonly Observation[])[]) =>
  diagnose(run(CLUSTER, overlay, ...observations)).findings.map(({ code, confidence, locations }) => [
    confidence,
    code,
    locations[0]?.node,
  ]);

test('a node whose felix starts anew at the moment, while its pods are reached, has no finding', () => {
  expect(findingsOf(STOPPED, asked())).toEqual([]);
});

test('a node without felix whose new pod nobody reaches is named', () => {
  expect(findingsOf(STOPPED, asked(failing('timeout')), own)).toEqual([['proved', 'calico-felix-stopped', 'b']]);
});

test('a pod that its own node has no route to accounts for what fails to and from it', () => {
  const { findings, unexplained } = diagnose(
    run(
      CLUSTER,
      overlay,
      SOUND,
      routes('b'),
      asked(failing('timeout')),
      asked({ ...failing('timeout'), pathClass: 'host-pod', source: at('host', 'b') }),
      own,
    ),
  );
  expect(findings.map(({ code, confidence }) => [confidence, code])).toEqual([['proved', 'calico-felix-stopped']]);
  expect(findings[0]?.evidence.map(({ text }) => text)).toContain(`b has no route to 1 pod of its own: ${IP}`);
  expect(unexplained).toEqual([]);
});

const chains = (...names: string[]) =>
  fact(
    'ssh/iptables-save',
    {
      program: 'iptables',
      chains: names.map((name) => ({ family: 'ip' as const, table: 'filter', name })),
      rules: [],
      sets: [],
    },
    'b',
  );
const ROUTED = routes('b', hostRoute(`${IP}/32`, 'cali1'));

test("a pod whose device felix has no chain for is told by felix' chains for others", () => {
  const { findings } = diagnose(
    run(CLUSTER, overlay, SOUND, ROUTED, chains('cali-tw-cali2'), asked(failing('timeout')), own),
  );
  expect(findings.map(({ code }) => code)).toEqual(['calico-felix-stopped']);
  expect(findings[0]?.evidence.map(({ text }) => text)).toContain(
    `felix has written no rules on b for 1 pod of its own: ${IP}`,
  );
});

test.each([
  ['a pod that the node has a route to', [SOUND, ROUTED, asked(failing('timeout'))]],
  [
    'a pod that felix has rules for',
    [SOUND, ROUTED, chains('cali-tw-cali1', 'cali-tw-cali2'), asked(failing('timeout'))],
  ],
  [
    'a pod of the eBPF data plane, which has no chains',
    [SOUND, ROUTED, chains('cali-FORWARD'), asked(failing('timeout'))],
  ],
  [
    "a pod on the bridge of a former network, which the bridge's route leads to",
    [SOUND, routes('b', hostRoute('10.42.9.0/24', 'cni0')), asked(failing('timeout'))],
  ],
  ['a pod that is reached, by whatever route', [SOUND, routes('b'), asked(), asked(failing('timeout'))]],
  ['a cluster on which felix listens nowhere', [['a', 'b', 'c'].map((node) => listening(node, 10_250)), asked()]],
  ['a sound cluster', [SOUND, routes('b'), asked()]],
])('%s is not called so', (_what, observations) => {
  expect(findingsOf(...observations, own).map(([, code]) => code)).not.toContain('calico-felix-stopped');
});

test('felix is looked for on no other network', () => {
  const flannel = fact('overlay', { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' });
  expect(findingsOf(STOPPED, routes('b'), asked(failing('timeout')), flannel).map(([, code]) => code)).not.toContain(
    'calico-felix-stopped',
  );
});
