import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { fact, failing, nodeFact, podToPod, run } from '../../../support/cluster.ts';

const [WRONG, OWN] = ['172.21.0.1', '10.0.0.2'];
const overlay = fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' });
const nodes = (address: string) => [
  nodeFact('a', { internalIp: '10.0.0.1' }),
  nodeFact('b', { internalIp: OWN, annotations: { 'projectcalico.org/IPv4Address': `${address}/24` } }),
];
const control = (role: 'control-tcp' | 'internal-tcp', ip: string, fields: object = {}) =>
  probeOf('tcp', { suite: 'overlay', role, source: at('host', 'a'), destination: at('host', 'b', { ip }), ...fields });
const lost = podToPod('a', 'b', failing('timeout'));
const silent = control('control-tcp', WRONG, failing('timeout'));
const answers = control('internal-tcp', OWN);

const namedBy = (...observations: (Observation | readonly Observation[])[]) =>
  diagnose(run(overlay, ...observations)).findings.flatMap(({ code, confidence, locations }) =>
    code === 'calico-wrong-node-address' ? [`${confidence} at ${locations[0]?.node}`] : [],
  );

test('An address of a bridge, which nobody else reaches, is named where the node’s own answers', () => {
  expect(namedBy(nodes(WRONG), lost, silent, answers)).toEqual(['proved at b']);
});

test('Without a control it is a candidate', () => {
  expect(namedBy(nodes(WRONG), lost)).toEqual(['candidate at b']);
});

test.each([
  ['that the node has by its Node object', [nodes(OWN), lost, answers]],
  ['of another network, where it answers', [nodes(WRONG), lost, control('control-tcp', WRONG), answers]],
  ['by which nothing is lost', [nodes(WRONG), podToPod('a', 'b'), silent, answers]],
])('An address %s is not called wrong', (_what, observations) => {
  expect(namedBy(...observations)).toEqual([]);
});
