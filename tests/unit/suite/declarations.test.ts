import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SUITES } from '../../../helpers/model/suites.ts';
import { symptomsOf } from '../../../helpers/suite/declaration.ts';
import { readDeclarations } from '../../../helpers/suite/together.ts';

const folder = fileURLToPath(new URL('../../../suites/', import.meta.url));
const declarations = await readDeclarations(SUITES);

describe('the list of suites', () => {
  it('names every file in suites/, and nothing else', () => {
    expect(readdirSync(folder).toSorted()).toEqual(SUITES.map((name) => `${name}.suite.ts`).toSorted());
  });
});

describe('a suite file', () => {
  it.each(declarations.map((suite, index) => [`${SUITES[index]}.suite.ts`, suite, SUITES[index]] as const))(
    '%s declares the suite that it is named for, with symptoms of distinct titles',
    (_, suite, name) => {
      const titles = symptomsOf(suite, undefined).map(({ title }) => title);
      expect({ name: suite.name, distinct: new Set(titles).size }).toEqual({ name, distinct: titles.length });
      expect(titles.length).toBeGreaterThan(0);
    },
  );

  it('holds one declaration and nothing that vitest offers', () => {
    const others = readdirSync(folder).filter((file) => /from 'vitest/.test(readFileSync(`${folder}${file}`, 'utf8')));
    expect(others).toEqual([]);
  });
});
