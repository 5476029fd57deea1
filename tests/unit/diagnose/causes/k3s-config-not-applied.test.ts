import { expect, test } from 'vitest';
import { MOVED, serverFact, distinctIds } from '../../../support/acceptance.ts';
import { fact, found } from '../../../support/cluster.ts';

const CODE = 'k3s-config-not-applied';

test('a server that runs with its own policies is proved in an acceptance', () => {
  expect(found(CODE, distinctIds([...MOVED, serverFact(['server', '--flannel-backend', 'none'])]))).toEqual([
    'proved at a',
  ]);
});

test('settings of the command line alone is not k3s-config-not-applied', () => {
  expect(found(CODE, distinctIds([...MOVED, fact('ssh/k3s-config', {}, 'a')]))).toEqual([]);
});

test('A run that is no acceptance sees none of it', () => {
  const run = [...MOVED, serverFact(['server', '--flannel-backend', 'none'])].filter(
    (each) => !(each.type === 'fact' && each.key === 'acceptance'),
  );
  expect(found(CODE, distinctIds(run))).toEqual([]);
});
