import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as thresholds from '../../../helpers/model/thresholds.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('no share stands as a number of its own in the diagnosis or in the judging of bursts', () => {
  const sources = globSync('helpers/{diagnose,observe/overlay}/**/*.ts', { cwd: root });
  expect(sources.length).toBeGreaterThan(80);
  const literals = sources.flatMap((path) =>
    readFileSync(`${root}${path}`, 'utf8')
      .split('\n')
      .filter((line) => /(?<![\d.])0\.\d+(?![\d.])/.test(line) && !/^\s*(\*|\/)/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(literals).toEqual([]);
});

test('every threshold is a share, and a closed way is told from an open one', () => {
  expect(Object.entries(thresholds).filter(([, share]) => !(share > 0 && share < 1))).toEqual([]);
  expect(thresholds.CLOSED_SHARE).toBeLessThan(thresholds.FEW_SHARE);
  expect(thresholds.FEW_SHARE).toBeLessThan(thresholds.WHOLE_SHARE);
  expect(thresholds.DOUBTFUL_NOISE_SHARE).toBeLessThan(thresholds.NOISE_SHARE);
});
