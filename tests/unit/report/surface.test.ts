import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runReportSchema } from '../../../helpers/report/run-report.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the documents', () => {
  test.each(['README.md', 'CHANGELOG.md', ...globSync('docs/*.md', { cwd: root }), 'reports/sample/summary.md'])(
    '%s links only to what is there',
    (document) => {
      const links = [...read(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !link.includes('://'));
      expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
    },
  );
});

describe('the sample report', () => {
  test('is what the schema says, of a run in which UDP 8472 was dropped', () => {
    const report = runReportSchema.parse(JSON.parse(read('reports/sample/report.json')));
    expect(report.findings.map(({ code, confidence }) => `${code}, ${confidence}`)).toEqual([
      'vxlan-port-filtered-in-path, proved',
    ]);
  });

  test('tells nothing of the machine that it was made on', () => {
    const texts = globSync('reports/sample/*.{json,md,xml,svg}', { cwd: root });
    expect(texts).toHaveLength(4);
    expect(texts.filter((path) => /(?:^|[\s"'(=])\/(?:root|home|tmp|work|Users)\b|hostname=/.test(read(path)))).toEqual(
      [],
    );
  });
});
