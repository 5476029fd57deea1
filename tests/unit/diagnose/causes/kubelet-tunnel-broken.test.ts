import { expect, test } from 'vitest';
import { CLUSTER, failing, found, podToPod, unread } from '../../../support/cluster.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';

const CODE = 'kubelet-tunnel-broken';
const unheard = (why: string) => unread('probe-serving', `the host network's probe: ${why}`, 'b');
const kubelet = (fields: Fields<'tcp'>) =>
  probeOf('tcp', {
    role: 'control-kubelet',
    pathClass: 'host-host',
    source: at('host', 'a'),
    destination: at('host', 'b', { ip: '10.0.0.2', port: 10_250 }),
    ...fields,
  });
const alive = probeOf('tcp', { source: at('host', 'a'), destination: at('host', 'b', { ip: '10.0.0.2', port: 9 }) });

test('A node whose kubelet the API server cannot dial is named, in the API server’s words', () => {
  const words = 'error dialing backend: dial tcp 10.0.0.2:10250: i/o timeout';
  expect(found(CODE, CLUSTER, unheard(words), alive)).toEqual(['proved at b']);
});

test('An exec that a proxy refuses says nothing of the kubelets, even where their port is closed to others', () => {
  const words =
    'exec is refused on the way to the API server: https://rancher.example/k8s (nginx) answers 502 to the request ' +
    'for a WebSocket: error dialing backend';
  expect(found(CODE, CLUSTER, unheard(words), kubelet(failing('timeout')), alive, podToPod('a', 'c'))).toEqual([]);
});
