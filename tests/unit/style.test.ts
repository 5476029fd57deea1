import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const MAX_COLUMNS = 120;
const MAX_LINES = 250;

/** What the formatter cannot do: it leaves strings, regular expressions and shell as long as they are. */
const files = execFileSync('git', ['ls-files', '*.ts', '*.js', '*.sh'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

/** Blanks the bodies of inline snapshots: they are output, and as wide as what they show. */
function withoutSnapshots(text: string): string {
  return text.replaceAll(/(?<=InlineSnapshot\(\s*`)(?:\\.|[^`\\])*(?=`)/g, (body) => body.replaceAll(/[^\n]/g, ''));
}

const linesOf = (file: string): string[] => readFileSync(join(root, file), 'utf8').trimEnd().split('\n');

describe('source files', () => {
  test(`no line is wider than ${MAX_COLUMNS} columns, inline snapshots aside`, () => {
    const wide = files.flatMap((file) =>
      withoutSnapshots(linesOf(file).join('\n'))
        .split('\n')
        .flatMap((line, index) => (line.length > MAX_COLUMNS ? [`${file}:${index + 1} has ${line.length}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const long = files.flatMap((file) => {
      const { length } = linesOf(file);
      return length > MAX_LINES ? [`${file} has ${length}`] : [];
    });
    expect(long).toEqual([]);
  });
});
