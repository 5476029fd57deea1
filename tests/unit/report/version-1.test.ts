import { describe, expect, test } from 'vitest';
import { probeSchema } from '../../../helpers/model/probe-observation.ts';
import {
  observationOfVersion1,
  upgrade,
  type ObservationOfVersion1,
} from '../../../helpers/report/version-1/upgrade.ts';

const frame = { v: 1 as const, id: 'p1', at: '2026-03-01T10:00:00.000Z' };
const node = (name: string): ObservationOfVersion1 => ({
  ...frame,
  type: 'fact',
  source: 'kubernetes',
  node: name,
  key: 'node',
  value: { name },
});

const pod = (name: string) => ({ network: 'pod', node: name, ip: '10.42.0.2' });
const host = (name: string) => ({ network: 'host', node: name, ip: '10.0.0.1' });

/** A probe as a run of version 1 wrote it, upgraded beside the facts of two nodes. */
function upgraded(fields: object): Record<string, unknown> {
  const probe = {
    ...frame,
    type: 'probe',
    asked: { protocol: 'tcp', path: '/' },
    got: {},
    verdict: 'pass',
    attempts: 1,
    succeeded: 1,
    durationMs: 1,
    ...fields,
  };
  const [made] = upgrade([observationOfVersion1.parse(probe), node('a'), node('b')]);
  // What comes out is an observation of version 2, or the upgrade is wrong.
  return probeSchema.parse(made);
}

describe('what a probe of version 1 crosses', () => {
  test.each<[claim: string, fields: object, crosses: object]>([
    [
      'is the overlay from pod to pod of another node',
      { suite: 'pod-to-pod', kind: 'tcp', role: 'tcp-small', source: pod('a'), destination: pod('b') },
      { underlay: [['a', 'b']], overlay: [['a', 'b']], pods: ['a', 'b'], size: 'small' },
    ],
    [
      'is the underlay alone between nodes, of full size where its role says so',
      {
        suite: 'pod-to-pod',
        kind: 'udp-echo',
        role: 'udp-full',
        asked: { protocol: 'udp', payloadBytes: 1472 },
        source: host('a'),
        destination: host('b'),
      },
      { underlay: [['a', 'b']], size: 'large' },
    ],
    [
      'is no pair of nodes on one node',
      { suite: 'pod-to-pod', kind: 'tcp', role: 'same-node-pod', source: pod('a'), destination: pod('a') },
      { pods: ['a'], size: 'small' },
    ],
    [
      "is the asking node's rules and whatever stands behind a Service that is asked by its ClusterIP",
      { suite: 'cluster-ip', kind: 'http', role: 'service', source: pod('a'), destination: { name: 'shop/api' } },
      { pods: ['a'], translation: ['a'], service: 'shop/api', servedFrom: ['a'], size: 'mixed' },
    ],
    [
      "is the asked node's rules by a NodePort",
      {
        suite: 'node-port',
        kind: 'http',
        role: 'from-node',
        source: host('a'),
        destination: { ...host('b'), name: 'shop/api' },
      },
      { underlay: [['a', 'b']], translation: ['b'], service: 'shop/api', servedFrom: ['b'], size: 'mixed' },
    ],
    [
      'is every node that may be chosen by a load balancer',
      {
        suite: 'ingress',
        kind: 'http',
        role: 'load-balancer',
        asked: { protocol: 'https', host: 'shop.example', path: '/', service: 'shop/api' },
        source: { network: 'runner' },
        destination: { network: 'host', name: 'shop.example' },
      },
      { translation: ['a', 'b'], service: 'shop/api', servedFrom: 'ingress', host: 'shop.example', size: 'mixed' },
    ],
    [
      'is the way outside for a name outside of the cluster, by whichever replica',
      {
        suite: 'coredns',
        kind: 'dns',
        role: 'service-external-name',
        asked: { protocol: 'udp', name: 'example.com', recordType: 'A' },
        source: pod('a'),
        destination: { ip: '10.43.0.10', name: 'kube-system/kube-dns' },
      },
      {
        pods: ['a'],
        translation: ['a'],
        service: 'kube-system/kube-dns',
        servedFrom: ['a'],
        dns: true,
        external: true,
        size: 'small',
      },
    ],
  ])('%s', (_, fields, crosses) => {
    expect(upgraded(fields)['crosses']).toEqual(crosses);
  });
});

describe('the verdict of a probe of version 1', () => {
  const kubelet = {
    suite: 'overlay',
    kind: 'tcp',
    role: 'control-kubelet',
    source: host('a'),
    destination: host('b'),
    verdict: 'inconclusive',
  };

  test('is evidence where a port was silent that need not be open', () => {
    expect(upgraded({ ...kubelet, reason: 'need not be open: timeout' })['verdict']).toBe('evidence');
  });

  test('stays inconclusive where the probe was not heard', () => {
    expect(upgraded({ ...kubelet, reason: 'the probe at a could not be heard', attempts: 0 })['verdict']).toBe(
      'inconclusive',
    );
  });
});

describe('the kind of a probe of version 1', () => {
  test("is resolve for what the pod's own resolver was asked", () => {
    const probe = upgraded({
      suite: 'coredns',
      kind: 'dns',
      role: 'resolver-short-name',
      asked: { protocol: 'udp', name: 'api.shop', recordType: 'A' },
      got: { addresses: ['10.43.0.7'] },
      source: pod('a'),
      destination: { name: 'kube-system/kube-dns' },
    });
    expect([probe['kind'], probe['got']]).toEqual(['resolve', { addresses: ['10.43.0.7'] }]);
  });
});
