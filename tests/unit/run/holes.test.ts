import { expect, test } from 'vitest';
import { holesIn } from '../../../helpers/run/holes.ts';
import { at, probeOf } from '../../support/observations.ts';
import { failing, podToPod, unread } from '../../support/cluster.ts';

const unserved = (why: string) => unread('probe-serving', why, 'a');
const lost = (from: string) =>
  podToPod(from, 'b', { verdict: 'inconclusive', errorKind: 'lost-exec', reason: 'the exec session ended' });

test('a probe that could not serve is a hole of its network and node, with the reason', () => {
  expect(holesIn([unserved("the host network's probe: port 8377 is taken")])).toEqual([
    { what: 'the host network of a', why: 'port 8377 is taken', node: 'a' },
  ]);
  expect(holesIn([unserved('no answer')])).toEqual([{ what: 'the probe on a', why: 'no answer', node: 'a' }]);
});

test('probes that were not heard are one hole a node', () => {
  expect(holesIn([lost('a'), lost('a'), lost('c')])).toEqual([
    { what: '2 probes from a', why: 'the exec session ended', node: 'a' },
    { what: '1 probe from c', why: 'the exec session ended', node: 'c' },
  ]);
});

test('probes of the runner that were not heard are a hole of no node', () => {
  const probe = { ...lost('a'), source: { network: 'runner' as const } };
  expect(holesIn([probe])).toEqual([{ what: '1 probe from the runner', why: 'the exec session ended' }]);
});

test('a probe that failed, and a fact of another kind that was not read, are no holes', () => {
  expect(holesIn([podToPod('a', 'b', failing('timeout')), unread('links', 'no such file', 'a')])).toEqual([]);
});

test('NodePorts that a node does not serve at localhost are a hole by choice, once a node', () => {
  const silent = probeOf('http', {
    suite: 'node-port',
    role: 'on-node-ssh',
    source: at('ssh', 'a'),
    verdict: 'evidence',
    reason: "kube-proxy's mode nftables does not serve NodePorts there",
    succeeded: 0,
  });
  expect(holesIn([silent, silent])).toEqual([
    {
      what: 'NodePorts at localhost of a',
      why: "kube-proxy's mode nftables does not serve NodePorts there",
      node: 'a',
      isByChoice: true,
    },
  ]);
});
