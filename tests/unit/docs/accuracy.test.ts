import { expect, test } from 'vitest';
import { currentCode } from '../../../helpers/model/former-codes.ts';
import { FAULTS } from '../../../lab/faults/index.ts';
import { measuredIn } from '../../../scripts/generated/accuracy.ts';
import { read } from '../../../scripts/generated/document.ts';

test('the measurement lists only faults that the lab has', () => {
  const faults = new Set(FAULTS.map(({ id }) => id));
  // A make has its settings by an equals sign.
  const measured = measuredIn(read('docs/accuracy.md')).filter((id) => id.includes('/') && !id.includes('='));
  expect(measured.filter((id) => !faults.has(currentCode(id)))).toEqual([]);
});
