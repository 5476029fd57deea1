import { describe, expect, test } from 'vitest';
import { read, table, withParts } from '../../../scripts/generated/document.ts';
import { GENERATED } from '../../../scripts/generated/index.ts';

describe('what npm run docs writes', () => {
  test.each(GENERATED)('$file is as npm run docs would write it', (generated) => {
    expect(read(generated.file)).toBe(generated.text());
  });

  test('a document without the place for a part is an error that names the place', () => {
    const { text } = withParts('README.md', { 'no such part': () => '' });
    expect(text).toThrow('README.md has no place for no such part: <!-- no such part: written by npm run docs -->');
  });

  test('a bar in a cell of a table is escaped', () => {
    expect(table(['a'], [['one | two']])).toBe(String.raw`| a |
| --- |
| one \| two |`);
  });
});
