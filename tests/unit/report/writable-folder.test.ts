import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requireWritable } from '../../../helpers/report/writable-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-writable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a folder for reports that is not there yet is looked for at what it would stand in, and not made', () => {
  requireWritable(join(folder, 'a/b/c'));
  requireWritable(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder for reports that cannot be written is refused with the variable that names another', () => {
  writeFileSync(join(folder, 'file'), '');
  for (const path of [join(folder, 'file'), join(folder, 'file/below')])
    expect(() => requireWritable(path)).toThrow(
      expect.objectContaining({
        code: 'reports-unwritable',
        exitCode: 2,
        hint: expect.stringContaining('REPORTS_DIR'),
      }),
    );
});
