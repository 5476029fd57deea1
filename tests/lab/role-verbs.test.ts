import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { execa } from 'execa';
import { CANARY_NEEDS, DIAGNOSIS_NEEDS, NEEDS } from '../../helpers/cluster/needs.ts';

const script = fileURLToPath(new URL('../../scripts/role-verbs.ts', import.meta.url));

test('Under the shipped roles nothing is missing, and each verb that is taken away is named', async () => {
  const argv = [script, '--name', process.env['NETWRIGHT_TEST_LAB'] ?? ''];
  const { stdout } = await execa(process.execPath, argv, { reject: false, stdin: 'ignore', all: true });
  const lines = stdout.split('\n');
  expect(lines.filter((line) => !line.startsWith('named'))).toEqual(['0 are not named']);
  expect(lines).toHaveLength(NEEDS.length + CANARY_NEEDS.length + DIAGNOSIS_NEEDS.length + 2);
}, 120_000);
