import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { NEEDS } from '../../../helpers/cluster/access.ts';
import { configurationTable, envExample } from '../../../helpers/config/documents.ts';
import { VARIABLES, variablesSchema } from '../../../helpers/config/variables.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const publicNames = [...VARIABLES].filter(([, { internal }]) => !internal).map(([name]) => name);

describe('the documents of the configuration', () => {
  test('.env.example names every public variable, and no other', () => {
    const named = [...read('.env.example').matchAll(/^#(NETWRIGHT_\w+)=/gm)].map(([, name]) => name);
    expect(named).toEqual(publicNames);
  });

  test('.env.example is what the schema says', () => {
    expect(read('.env.example')).toBe(envExample());
  });

  test('docs/configuration.md holds the table that the schema gives', () => {
    expect(read('docs/configuration.md')).toContain(configurationTable());
  });

  test('docs/configuration.md names every right that a run asks for, and no other', () => {
    const rows = [
      ...read('docs/configuration.md').matchAll(/^\| `([a-z/]+)` \| (?:core|`([a-z0-9.]+)`) \| ([a-z, ]+) \|$/gm),
    ];
    const documented = rows.flatMap(([, resource, group = '', verbs = '']) =>
      verbs.split(', ').map((verb) => `${verb} ${resource} ${group}`),
    );
    const needed = NEEDS.map(
      ({ verb, resource, subresource, group }) => `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${group}`,
    );
    expect(documented.toSorted()).toEqual(needed.toSorted());
  });

  test('every variable of the schema is documented', () => {
    expect([...VARIABLES.keys()]).toEqual(Object.keys(variablesSchema.shape));
  });

  test('every example is taken by the schema', () => {
    const examples = parse(read('.env.example').replaceAll(/^#(NETWRIGHT_\w+=)/gm, '$1'));
    expect(variablesSchema.safeParse(examples).error?.issues).toBeUndefined();
    expect(Object.keys(examples)).toHaveLength(publicNames.length);
  });
});
