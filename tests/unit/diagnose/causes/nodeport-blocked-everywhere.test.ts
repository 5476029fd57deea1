import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, failing, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'nodeport-blocked-outside';
const LOST = failing('timeout');
const toPort = (from: string | undefined, to: string, port: number, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'node-port',
    role: from === undefined ? 'from-runner' : 'from-node',
    source: from === undefined ? at('runner') : at('host', from),
    destination: at('host', to, { ip: `10.0.0.${to.charCodeAt(0) - 96}`, port }),
    crosses: { service: 'shop/api', size: 'small' },
    ...fields,
  });
const PORTS = [30080, 30090];
const toAll = (fields: Fields<'http'>): Observation[] =>
  PORTS.flatMap((port) => [undefined, 'a', 'c'].map((from) => toPort(from, 'b', port, fields)));
const elsewhere = PORTS.map((port) => toPort(undefined, 'a', port));
const kubelet = probeOf('tcp', {
  suite: 'overlay',
  role: 'control-kubelet',
  source: at('host', 'a'),
  destination: at('host', 'b', { ip: '10.0.0.2', port: 10250 }),
});
const own = probeOf('tcp', {
  suite: 'cluster-ip',
  role: 'service',
  source: at('host', 'b'),
  destination: { ip: '10.43.0.9', port: 80 },
  crosses: { service: 'shop/api', translation: ['b'], size: 'small' },
});

test('a node whose NodePorts answer nobody, while other ports do, may be behind a firewall that lists none', () => {
  expect(found(CODE, CLUSTER, toAll(LOST), elsewhere, kubelet, own)).toEqual(['candidate at b']);
});

test.each<[string, Observation[]]>([
  ['one of them answers', [...toAll(LOST).slice(1), toPort(undefined, 'b', 30080), ...elsewhere, kubelet, own]],
  ['they are refused', [...toAll(failing('refused')), ...elsewhere, kubelet, own]],
  ['nothing else of the node answers', [...toAll(LOST), ...elsewhere, own]],
  ['they answer on no other node', [...toAll(LOST), kubelet, own]],
  ['the node reaches no Service itself', [...toAll(LOST), ...elsewhere, kubelet, { ...own, ...LOST }]],
])('NodePorts are not called blocked where %s', (_, observations) => {
  expect(found(CODE, CLUSTER, observations)).toEqual([]);
});

test('NodePorts of a Service with externalTrafficPolicy Local are dropped by the node itself', () => {
  const local = serviceFact(['a'], {
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
    ports: PORTS.map((nodePort) => ({
      name: `p${nodePort}`,
      protocol: 'TCP',
      port: nodePort,
      targetPort: '8080',
      nodePort,
    })),
  });
  expect(found(CODE, CLUSTER, local, toAll(LOST), elsewhere, kubelet, own)).toEqual([]);
});
