import { expect, test } from 'vitest';
import { CALICO_FILE, FLANNEL_FILE, link, MOVED, distinctIds } from '../../../support/acceptance.ts';
import { fact, found } from '../../../support/cluster.ts';

const CODE = 'cni-leftovers';

test("files of flannel beside Calico's is proved in an acceptance", () => {
  expect(found(CODE, distinctIds([...MOVED, fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'b')]))).toEqual([
    'proved at b',
  ]);
});

test('a device that does nothing is not cni-leftovers', () => {
  expect(found(CODE, distinctIds([...MOVED, fact('ssh/ip-link', [link('flannel.1'), link('tunl0')], 'b')]))).toEqual(
    [],
  );
});

test('A run that is no acceptance sees none of it', () => {
  const run = [...MOVED, fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'b')].filter(
    (each) => !(each.type === 'fact' && each.key === 'acceptance'),
  );
  expect(found(CODE, distinctIds(run))).toEqual([]);
});
