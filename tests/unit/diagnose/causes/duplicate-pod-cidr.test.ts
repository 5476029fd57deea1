import { expect, test } from 'vitest';
import { CLUSTER, found, nodeFact } from '../../../support/cluster.ts';

const CODE = 'duplicate-pod-cidr';

test.each(['10.42.1.0/24', '10.42.1.128/25'])(
  'the pod range %s is proved a second time by the nodes alone',
  (range) => {
    expect(found(CODE, CLUSTER, nodeFact('d', { podCidrs: [range] }))).toEqual(['proved at a d']);
  },
);

test('pod ranges side by side, and of two families, are no duplicates', () => {
  expect(found(CODE, CLUSTER, nodeFact('d', { podCidrs: ['10.42.4.0/24', 'fd00:42:4::/64'] }))).toEqual([]);
});
