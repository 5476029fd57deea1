import { expect, test } from 'vitest';
import type { NodeInfo } from '../../../../helpers/model/topology.ts';
import { at, DEFAULTS, probeOf } from '../../../support/observations.ts';
import { CLUSTER, cutOff, diagnosed, failing, fact, found, nodeFact } from '../../../support/cluster.ts';

const CODE = 'flannel-announces-foreign-address';
const PUBLIC_IP = 'flannel.alpha.coreos.com/public-ip';
const ANNOUNCED = '203.0.113.2';

const announcing = (annotations: NodeInfo['annotations'] = {}) => [
  ...CLUSTER.filter(({ node, value }) => node === undefined && (value as { name?: string }).name !== 'b'),
  nodeFact('b', { annotations: { [PUBLIC_IP]: ANNOUNCED, ...annotations } }),
];
/** The node's uplink with these addresses, beside a bridge and a tunnel device as they should be. */
const links = (...addresses: string[]) =>
  fact(
    'links',
    [
      { name: 'eth0', addresses },
      { name: 'cni0', kind: 'bridge', operstate: 'up', flags: ['up', 'running'], addresses: ['10.42.2.1/24'] },
      { name: 'flannel.1', kind: 'vxlan', operstate: 'unknown', flags: ['up', 'running'], addresses: ['10.42.2.0/32'] },
    ],
    'b',
  );
const OWN = links('10.0.0.2/24');
const openInside = probeOf('burst', {
  role: 'internal-burst',
  source: at('host', 'a'),
  destination: at('host', 'b', { ip: '10.0.0.2', port: 8472 }),
  got: DEFAULTS.burst.got,
});
const control = (fields: Parameters<typeof probeOf<'tcp'>>[1]) =>
  probeOf('tcp', {
    suite: 'overlay',
    role: 'control-tcp',
    source: at('host', 'a'),
    destination: at('host', 'b', { ip: ANNOUNCED, port: 8377 }),
    ...fields,
  });

test('an announced address that the node does not have is proved where its InternalIP takes bursts', () => {
  expect(found(CODE, announcing(), cutOff('a', 'b'), OWN, openInside, control(failing('timeout')))).toEqual([
    'proved at b',
  ]);
});

test('the annotation public-ip-overwrite is named where that is why', () => {
  const annotations = { [`${PUBLIC_IP}-overwrite`]: ANNOUNCED };
  const [finding] = diagnosed(announcing(annotations), cutOff('a', 'b'), OWN, openInside);
  expect(finding?.evidence.map(({ text }) => text)).toContain(
    'flannel announces 203.0.113.2 for b, because of the annotation flannel.alpha.coreos.com/public-ip-overwrite; ' +
      'the nodes know it as 10.0.0.2',
  );
});

test('an address that is translated to the node’s on the way, and answers, is no fault', () => {
  expect(found(CODE, announcing(), OWN, openInside, control({}))).toEqual([]);
  expect(found(CODE, announcing(), cutOff('a', 'b'), OWN, openInside, control({}))).toEqual([]);
});

test('an address that the node has, or may have as its devices were not read, is not called foreign', () => {
  const own = links('10.0.0.2/24', `${ANNOUNCED}/24`);
  expect(found(CODE, announcing(), cutOff('a', 'b'), own, openInside)).toEqual([]);
  expect(found(CODE, announcing(), cutOff('a', 'b'), openInside)).toEqual([]);
});

test('the same without a burst to its InternalIP stays a candidate', () => {
  expect(found(CODE, announcing(), cutOff('a', 'b'), OWN)).toEqual(['candidate at b']);
});
