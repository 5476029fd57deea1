import { expect, test } from 'vitest';
import type { Impact } from '../../../helpers/diagnose/entry.ts';
import { affects } from '../../../helpers/diagnose/impact.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import type { ProbeObservation } from '../../../helpers/model/observation.ts';
import { byNodePort, byService } from '../../../helpers/observe/plans/crossing.ts';
import { at, probeOf } from '../../support/observations.ts';
import { CLUSTER, podToPod, run, serviceFact } from '../../support/cluster.ts';

const host = (from: string, to: string) => probeOf('tcp', { source: at('host', from), destination: at('host', to) });
const large = podToPod('a', 'b', {
  role: 'tcp-large',
  crosses: { underlay: [['a', 'b']], overlay: [['a', 'b']], pods: ['a', 'b'], size: 'large' },
});
/** The Service of the pod on c, asked from a pod of a. */
const service = probeOf('http', {
  role: 'service',
  source: at('pod', 'a'),
  crosses: byService(at('pod', 'a'), 'shop/api', 'mixed'),
});
/** The same by a NodePort of b, asked from outside. */
const nodePort = probeOf('http', {
  suite: 'node-port',
  role: 'from-runner',
  source: at('runner'),
  destination: at('host', 'b'),
  crosses: byNodePort(at('runner'), 'b', 'shop/api', 'mixed'),
});
const replica = probeOf('dns', {
  role: 'replica-external-name',
  source: at('pod', 'a'),
  destination: at('pod', 'b'),
  crosses: { overlay: [['a', 'b']], pods: ['a', 'b'], replica: 'coredns-1', external: true, size: 'small' },
});
const ingress = probeOf('http', {
  suite: 'ingress',
  role: 'worker',
  source: at('runner'),
  destination: at('host', 'b', { name: 'shop.example' }),
  crosses: { service: 'shop/api', servedFrom: ['b'], host: 'shop.example', size: 'mixed' },
});

test.each<[cause: string, impact: Impact, hit: ProbeObservation[], spared: ProbeObservation[]]>([
  ['a node', { kind: 'node', node: 'b' }, [podToPod('a', 'b'), host('b', 'a'), nodePort], [podToPod('a', 'c')]],
  ['a node with an endpoint', { kind: 'node', node: 'c' }, [service, nodePort, ingress], [replica]],
  [
    'a path between nodes',
    { kind: 'underlay', from: 'a', to: 'b' },
    [podToPod('a', 'b'), podToPod('b', 'a'), host('a', 'b')],
    [podToPod('a', 'c'), host('b', 'c')],
  ],
  [
    'the overlay between two nodes',
    { kind: 'overlay', from: 'a', to: 'b' },
    [podToPod('a', 'b'), podToPod('b', 'a'), replica],
    [host('a', 'b'), podToPod('a', 'c')],
  ],
  ['the overlay to an endpoint', { kind: 'overlay', from: 'b', to: 'c' }, [nodePort, ingress], [service]],
  [
    'the size of packets',
    { kind: 'overlay', from: 'a', to: 'b', only: 'large' },
    [large],
    [podToPod('a', 'b'), host('a', 'b')],
  ],
  ['the tunnel of a node', { kind: 'overlay-node', node: 'b' }, [podToPod('c', 'b'), replica], [podToPod('a', 'c')]],
  [
    "the size of a tunnel's packets",
    { kind: 'overlay-node', node: 'c', only: 'large' },
    [service, nodePort],
    [podToPod('c', 'b')],
  ],
  ['the pods of a node', { kind: 'pods', node: 'b' }, [podToPod('a', 'b'), replica], [host('a', 'b'), service]],
  ['the pods of an endpoint', { kind: 'pods', node: 'c' }, [service, nodePort], [podToPod('a', 'b')]],
  ["a node's rules", { kind: 'translation', node: 'b' }, [nodePort], [service, podToPod('a', 'b')]],
  ["a node's rules of one Service", { kind: 'translation', node: 'a', service: 'shop/other' }, [], [service, nodePort]],
  ['a Service', { kind: 'service', service: 'shop/api' }, [service, nodePort, ingress], [replica]],
  ['an endpoint', { kind: 'endpoint', ip: '10.42.3.10' }, [service, nodePort], [podToPod('a', 'c')]],
  ['a replica of the DNS', { kind: 'replica', replica: 'coredns-1' }, [replica], [service]],
  ['the way out', { kind: 'external' }, [replica], [service, podToPod('a', 'b')]],
  ['a host', { kind: 'host', host: 'shop.example' }, [ingress], [service]],
  ['a list of probes', { kind: 'probes', ids: ['o1'] }, [host('a', 'b')], []],
])('%s that is broken makes those probes fail that need it, and no other', (_, impact, hit, spared) => {
  const observations = run(hit, spared, CLUSTER, serviceFact(['c']));
  const view = viewOf(observations);
  const affected = view.probes.filter((probe) => affects(impact, probe, view)).map(({ id }) => id);
  expect(affected).toEqual(observations.slice(0, hit.length).map(({ id }) => id));
});

test('what loses packets between nodes explains silence and no refusal', () => {
  const impacts: Impact[] = [
    { kind: 'underlay', from: 'a', to: 'b' },
    { kind: 'overlay', from: 'a', to: 'b' },
    { kind: 'overlay-node', node: 'b' },
  ];
  const view = viewOf([]);
  const ends = (errorKind: NonNullable<ProbeObservation['errorKind']>, got = {}) =>
    impacts.map((impact) =>
      affects(impact, podToPod('a', 'b', { verdict: 'fail', errorKind, succeeded: 0, got }), view),
    );
  expect(ends('timeout')).toEqual([true, true, true]);
  expect(ends('refused')).toEqual([false, false, false]);
  expect(ends('partial-loss', { lost: 2, lastErrorKind: 'refused' })).toEqual([false, false, false]);
});

test('a load balancer that refuses may do so for what it does not reach', () => {
  const refused = {
    ...ingress,
    role: 'load-balancer' as const,
    verdict: 'fail' as const,
    errorKind: 'refused' as const,
  };
  const view = viewOf(run(CLUSTER, serviceFact(['c'])));
  expect(affects({ kind: 'overlay', from: 'b', to: 'c' }, refused, view)).toBe(true);
});

test('a burst that is lost one way is not explained by what loses the other way', () => {
  const burst = (from: string, to: string) =>
    probeOf('burst', {
      source: at('host', from),
      destination: at('host', to),
      crosses: { underlay: [[from, to]], overlay: [[from, to]], size: 'small' },
    });
  const lost: Impact = { kind: 'overlay', from: 'a', to: 'b' };
  expect(affects(lost, burst('a', 'b'), viewOf([]))).toBe(true);
  expect(affects(lost, burst('b', 'a'), viewOf([]))).toBe(false);
});

test('what a node may not be asked is no trouble for what it asks itself', () => {
  const way: Impact = { kind: 'underlay', from: 'a', to: 'b', only: 'asked' };
  expect(affects(way, host('a', 'b'), viewOf([]))).toBe(true);
  expect(affects(way, host('b', 'a'), viewOf([]))).toBe(false);
});
