import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { fact, nodeFact, run } from '../../../support/cluster.ts';

const [OF_A, OF_B] = ['10.42.9.5', '10.42.77.5'];
const NODES = [
  nodeFact('a', { internalIp: '10.0.0.1', podCidrs: ['10.42.9.0/24'] }),
  nodeFact('b', { internalIp: '10.0.0.2' }),
];
const CALICO = fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' });
const FLANNEL = fact('overlay', { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' });
const left = (node: string) =>
  fact(
    'ssh/iptables-save',
    {
      program: 'iptables',
      chains: [{ family: 'ip', table: 'nat', name: 'FLANNEL-POSTRTG' }],
      rules: [],
      sets: [],
    },
    node,
  );

/** A pod of `a` asks one of `b`, which sees it under an address. */
const seenAs = (clientAddress: string) =>
  probeOf('udp-echo', {
    role: 'udp-small',
    pathClass: 'pod-pod',
    source: at('pod', 'a', { ip: OF_A }),
    destination: at('pod', 'b', { ip: OF_B }),
    got: { clientAddress },
  });
const findingsOf = (...observations: Observation[]) =>
  diagnose(run(NODES, ...observations)).findings.flatMap(({ code, confidence, locations, remedy }) =>
    code === 'flannel-masquerade-left-over' ? [{ confidence, nodes: locations.map(({ node }) => node), remedy }] : [],
  );

test("the node whose tunnel's address is seen is named, not the one that sees it", () => {
  expect(findingsOf(CALICO, seenAs('10.42.9.0'), left('a'))).toMatchObject([{ confidence: 'proved', nodes: ['a'] }]);
});

test('the node that is asked is named where the address is its own: it translates what it hands to its pods', () => {
  expect(findingsOf(CALICO, seenAs('10.0.0.2'), left('b'))).toMatchObject([{ confidence: 'proved', nodes: ['b'] }]);
});

test('nobody is told to take the chains of a flannel away that is in charge', () => {
  const [finding] = findingsOf(FLANNEL, seenAs('10.42.9.0'), left('a'));
  expect(finding?.remedy).not.toContain('iptables-restore');
});

test("pods that are seen under their own addresses are nobody's trouble where no chain is left", () => {
  expect(findingsOf(CALICO, seenAs(OF_A))).toEqual([]);
});
