import { expect, test } from 'vitest';
import { findKubeconfig } from '../../../helpers/config/kubeconfig.ts';
import { loadConfig, requireKubeconfig } from '../../../helpers/config/load.ts';

test('a pod without the token of its ServiceAccount is told what its spec lacks', () => {
  const env = { HOME: '/nowhere', KUBERNETES_SERVICE_HOST: '10.43.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const { candidates } = findKubeconfig(undefined, env, '/nowhere');
  const config = { ...loadConfig({ env, cwd: '/nowhere' }), kubeconfig: undefined, kubeconfigCandidates: candidates };
  expect(() => requireKubeconfig(config)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('automountServiceAccountToken: true') }),
  );
});
