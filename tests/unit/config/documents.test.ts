import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { envExample } from '../../../helpers/config/documents.ts';
import { VARIABLES, variablesSchema } from '../../../helpers/config/variables.ts';

const publicNames = [...VARIABLES].filter(([, { internal }]) => !internal).map(([name]) => name);

describe('the documents of the configuration', () => {
  test('every variable of the schema is documented', () => {
    expect([...VARIABLES.keys()]).toEqual(Object.keys(variablesSchema.shape));
  });

  test('every example is taken by the schema', () => {
    const examples = parse(envExample().replaceAll(/^#(NETWRIGHT_\w+=)/gm, '$1'));
    expect(variablesSchema.safeParse(examples).error?.issues).toBeUndefined();
    expect(Object.keys(examples)).toHaveLength(publicNames.length);
  });
});
