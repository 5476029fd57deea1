import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../helpers/config/load.ts';

const load = (env: Record<string, string>) => loadConfig({ env, cwd: '/', envFile: '/dev/null' });

describe('namespaces', () => {
  test.each([
    [undefined, ['default'], 'default'],
    ['shop', ['shop'], 'shop'],
    ['shop, blog', ['shop', 'blog'], 'shop'],
    ['*', ['*'], 'default'],
    ['*,shop', ['*', 'shop'], 'shop'],
  ])('of %j are %j, and Services without one are in %s', (value, namespaces, namespace) => {
    const config = load(value === undefined ? {} : { NETWRIGHT_NAMESPACE: value });
    expect([config.namespaces, config.namespace]).toEqual([namespaces, namespace]);
  });
});
