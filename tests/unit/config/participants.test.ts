import { expect, test } from 'vitest';
import { loadConfig } from '../../../helpers/config/load.ts';

const load = (env: Record<string, string> = {}) => loadConfig({ env: { HOME: '/nowhere', ...env }, cwd: '/nowhere' });

test('Nodes are selected as they are written, and not at all by default', () => {
  expect(load({ NETWRIGHT_NODES: '!worker-02' }).nodes?.text).toBe('!worker-02');
  expect(load().nodes).toBeUndefined();
});

test('Namespaces for the probes are one for both networks, or two', () => {
  expect(load({ NETWRIGHT_PROBE_NAMESPACE: 'guests' }).probe.namespaces).toEqual({ pod: 'guests', host: 'guests' });
  expect(load({ NETWRIGHT_PROBE_NAMESPACE: 'a, b' }).probe.namespaces).toEqual({ pod: 'a', host: 'b' });
  expect(() => load({ NETWRIGHT_PROBE_NAMESPACE: 'a,b,c' })).toThrow('expected the name of a namespace, or of two');
});
