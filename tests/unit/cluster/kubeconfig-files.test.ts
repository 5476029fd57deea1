import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectCluster } from '../../../helpers/cluster/connect.ts';
import { openExec } from '../../../helpers/cluster/exec.ts';
import { loadKubeConfig } from '../../../helpers/cluster/kubeconfig.ts';
import { folder, authority, write, files, kubeconfig } from './kubeconfig-desk.ts';

describe('several kubeconfigs', () => {
  test('are merged: the first to name a context, cluster, user or current context wins', () => {
    const [a, b, empty] = ['a', 'b']
      .map((name) =>
        write(
          `merged/${name}`,
          JSON.stringify({
            'current-context': name,
            clusters: [
              { name: 'shared', cluster: { server: `https://${name}.example` } },
              { name, cluster: { server: `https://own-${name}.example`, 'certificate-authority': `${name}.crt` } },
            ],
            users: [{ name, user: { token: name } }],
            contexts: [
              { name, context: { cluster: name, user: name } },
              { name: 'shared', context: { cluster: 'shared', user: name } },
            ],
          }),
        ),
      )
      .concat(write('merged/empty', ''));
    const source = files(join(folder, 'merged/missing'), empty ?? '', a ?? '', b ?? '');
    const chosen = (context?: string) => {
      const config = loadKubeConfig({ kubeconfig: source, ...(context && { context }) });
      return [config.getCurrentContext(), config.getCurrentCluster()?.server, config.getCurrentUser()?.token];
    };
    expect([chosen(), chosen('b'), chosen('shared')]).toEqual([
      ['a', 'https://own-a.example', 'a'],
      ['b', 'https://own-b.example', 'b'],
      ['shared', 'https://a.example', 'a'],
    ]);
    expect(loadKubeConfig({ kubeconfig: source, context: 'b' }).getCurrentCluster()?.caFile).toBe(
      join(folder, 'merged/b.crt'),
    );
  });
});

describe('a kubeconfig is refused', () => {
  const cluster = { server: 'https://127.0.0.1:1' };
  const load = (content: string) => () => loadKubeConfig({ kubeconfig: files(write('refused/config', content)) });

  test.each<[string, string, string]>([
    [
      'that impersonates groups',
      kubeconfig({ cluster, user: { as: 'a', 'as-groups': ['g'] } }),
      'as-groups is not supported',
    ],
    ['whose fields are of another kind', JSON.stringify({ contexts: 'none' }), 'expected array'],
    [
      'whose context names a user that is not there',
      kubeconfig({ cluster, user: {} }).replace('"users":[{"name":"test"', '"users":[{"name":"other"'),
      'names a user that is not there',
    ],
    [
      'whose client certificate is not there',
      kubeconfig({ cluster, user: { 'client-certificate': 'x' } }),
      'client certificate in',
    ],
  ])('%s', (_title, content, message) => {
    expect(load(content)).toThrow(message);
  });

  test('whose client certificate, named by a relative path, has expired', () => {
    write('expired/old.crt', authority.issue('/CN=old', { until: '20240229120000Z' }).certificate);
    const path = write('expired/config', kubeconfig({ cluster, user: { 'client-certificate': 'old.crt' } }));
    expect(() => loadKubeConfig({ kubeconfig: files(path) })).toThrow(
      `the client certificate in ${path} expired on 2024-02-29T12:00:00.000Z`,
    );
  });

  test('when its credential plugin fails, with what the plugin says', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './login' };
    write('broken/login', '#!/bin/sh\necho please log in >&2; exit 1\n', 0o700);
    const path = write('broken/config', kubeconfig({ cluster, user: { exec } }));
    await expect(connectCluster({ kubeconfig: files(path) })).rejects.toMatchObject({
      code: 'kubeconfig-credentials',
      exitCode: 3,
      message: 'the credentials of the kubeconfig cannot be had: please log in',
    });
  });

  test('whose credential plugin is not installed, with its name', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin' };
    const path = write('absent/config', kubeconfig({ cluster, user: { exec } }));
    await expect(connectCluster({ kubeconfig: files(path) })).rejects.toMatchObject({
      code: 'kubeconfig-credentials',
      message:
        'the credentials of the kubeconfig cannot be had: the credential plugin no-such-plugin is not installed here',
    });
  });

  test('whose credential plugin hangs does not hold up an interrupt, of a request nor of an exec', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './login' };
    write('hanging/login', '#!/bin/sh\nexec sleep 30\n', 0o700);
    const kubeconfigOf = files(write('hanging/config', kubeconfig({ cluster, user: { exec } })));
    const reason = new Error('interrupted');
    const abortSoon = () => {
      const interrupt = new AbortController();
      setTimeout(() => interrupt.abort(reason), 100);
      return interrupt.signal;
    };
    await expect(connectCluster({ kubeconfig: kubeconfigOf, signal: abortSoon() })).rejects.toBe(reason);
    const client = { kubeConfig: loadKubeConfig({ kubeconfig: kubeconfigOf }), counts: { apiCalls: 0, execs: 0 } };
    const request = { namespace: 'ns', pod: 'pod', container: 'c', command: ['true'], connectTimeoutMs: 5_000 };
    const stream = await openExec(client, { ...request, signal: abortSoon() });
    expect(await stream.outcome).toEqual({ outcome: 'aborted', reason: 'interrupted' });
  });

  test('when its token file is not there', async () => {
    const path = write('no-token/config', kubeconfig({ cluster, user: { tokenFile: 'token' } }));
    await expect(connectCluster({ kubeconfig: files(path) })).rejects.toMatchObject({ code: 'kubeconfig-credentials' });
  });
});
