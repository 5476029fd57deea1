import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectCluster } from '../../../helpers/cluster/connect.ts';
import type { KubeconfigSource } from '../../../helpers/model/kubeconfig-source.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { FakeApi, VERSION } from './fake-api.ts';
import {
  folder,
  authority,
  admin,
  otherName,
  serve,
  write,
  callersOf,
  files,
  kubeconfig,
  twice,
  servers,
} from './kubeconfig-desk.ts';

describe('requests and execs alike', () => {
  test('find certificates and keys by paths relative to the kubeconfig', async () => {
    const server = await serve();
    write('relative/ca.crt', authority.certificate);
    write('relative/tls/admin.crt', admin.certificate);
    write('relative/tls/admin.key', admin.key);
    const user = { 'client-certificate': 'tls/admin.crt', 'client-key': 'tls/admin.key' };
    const path = write(
      'relative/config',
      kubeconfig({ cluster: { server: server.url, 'certificate-authority': 'ca.crt' }, user }),
    );
    expect(await callersOf(server, files(path))).toEqual(twice({ certificate: 'admin' }));
  });

  test('prefer data in the kubeconfig to a path', async () => {
    const server = await serve();
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const path = write(
      'data/config',
      kubeconfig({
        cluster: {
          server: server.url,
          'certificate-authority': 'nowhere',
          'certificate-authority-data': base64(authority.certificate),
        },
        user: {
          'client-certificate': 'nowhere',
          'client-certificate-data': base64(admin.certificate),
          'client-key': 'nowhere',
          'client-key-data': base64(admin.key),
        },
      }),
    );
    expect(await callersOf(server, files(path))).toEqual(twice({ certificate: 'admin' }));
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'take a token from a file, without the newline at its end',
      { tokenFile: 'token' },
      { authorization: 'Bearer t0k' },
    ],
    [
      'prefer the token in a file to one in the kubeconfig',
      { token: 'old', tokenFile: 'token' },
      { authorization: 'Bearer t0k' },
    ],
    [
      'take a user name and a password',
      { username: 'ops', password: 'pw' },
      { authorization: `Basic ${btoa('ops:pw')}` },
    ],
    ['impersonate a user', { token: 'a', as: 'jane' }, { authorization: 'Bearer a', impersonates: 'jane' }],
  ])('%s', async (_title, user, caller) => {
    const server = await serve();
    write('users/ca.crt', authority.certificate);
    write('users/token', 't0k\n');
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt' };
    expect(await callersOf(server, files(write('users/config', kubeconfig({ cluster, user }))))).toEqual(twice(caller));
  });

  test('run a credential plugin that lies beside the kubeconfig, and tell it what kubectl tells', async () => {
    const server = await serve(() => VERSION, otherName);
    write('plugin/ca.crt', authority.certificate);
    const token = '"token":"for-$(echo "$KUBERNETES_EXEC_INFO" | grep -o api.example)"';
    write(
      'plugin/bin/login',
      '#!/bin/sh\ncat <<END\n' +
        `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{${token}}}\nEND\n`,
      0o700,
    );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login', provideClusterInfo: true };
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt', 'tls-server-name': 'api.example' };
    const path = write('plugin/config', kubeconfig({ cluster, user: { exec } }));
    expect(await callersOf(server, files(path))).toEqual(twice({ authorization: 'Bearer for-api.example' }));
  });

  test('go through the proxy of proxy-url', async () => {
    const server = await serve();
    const proxy = await ConnectProxy.start();
    servers.push(proxy);
    write('proxy/ca.crt', authority.certificate);
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt', 'proxy-url': proxy.url };
    const path = write('proxy/config', kubeconfig({ cluster, user: { token: 'a' } }));
    expect(await callersOf(server, files(path))).toEqual(twice({ authorization: 'Bearer a' }));
    expect(proxy.tunnels).toEqual(twice(new URL(server.url).host));
  });

  test('expect the name of tls-server-name in the certificate, behind a proxy too', async () => {
    const server = await serve(() => VERSION, otherName);
    const proxy = await ConnectProxy.start();
    servers.push(proxy);
    write('name/ca.crt', authority.certificate);
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt', 'tls-server-name': 'api.example' };
    const path = write('name/config', kubeconfig({ cluster, user: { token: 'a' } }));
    const proxied = write(
      'name/proxied',
      kubeconfig({ cluster: { ...cluster, 'proxy-url': proxy.url }, user: { token: 'b' } }),
    );
    await callersOf(server, files(path));
    expect(await callersOf(server, files(proxied))).toEqual([
      ...twice({ authorization: 'Bearer a' }),
      ...twice({ authorization: 'Bearer b' }),
    ]);
    const wrong = write(
      'name/wrong',
      kubeconfig({ cluster: { ...cluster, 'tls-server-name': 'x.example' }, user: {} }),
    );
    await expect(callersOf(server, files(wrong))).rejects.toMatchObject({ code: 'api-certificate' });
  });

  test('trust any certificate under insecure-skip-tls-verify', async () => {
    const server = await serve(() => VERSION, otherName);
    const cluster = { server: server.url, 'insecure-skip-tls-verify': true };
    const path = write('skip/config', kubeconfig({ cluster, user: { token: 'a' } }));
    expect(await callersOf(server, files(path))).toHaveLength(2);
  });

  test('keep the path of the server address', async () => {
    const server = await serve();
    write('path/ca.crt', authority.certificate);
    const cluster = { server: `${server.url}/k8s/clusters/c-1/`, 'certificate-authority': 'ca.crt' };
    await callersOf(server, files(write('path/config', kubeconfig({ cluster, user: { token: 'a' } }))));
    expect(server.requests[0]).toBe('GET /k8s/clusters/c-1/version');
    expect(server.requests[1]).toContain('EXEC /k8s/clusters/c-1/api/v1/namespaces/ns/pods/pod/exec?');
  });

  test('go over plain HTTP where the address says so, as behind kubectl proxy', async () => {
    const server = await FakeApi.start(() => VERSION);
    servers.push(server);
    const path = write('plain/config', kubeconfig({ cluster: { server: server.url }, user: { token: 'a' } }));
    expect(await callersOf(server, files(path))).toEqual(twice({ authorization: 'Bearer a' }));
  });

  test('check the certificate of a context without a user as well', async () => {
    const server = await serve();
    write('nobody/ca.crt', authority.certificate);
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt' };
    expect(await callersOf(server, files(write('nobody/config', kubeconfig({ cluster }))))).toEqual([{}, {}]);
  });

  test('use the ServiceAccount of the pod', async () => {
    const server = await serve();
    write('account/ca.crt', authority.certificate);
    write('account/token', 'from-the-kubelet');
    const source: KubeconfigSource = { kind: 'service-account', folder: join(folder, 'account'), server: server.url };
    expect(await callersOf(server, source)).toEqual(twice({ authorization: 'Bearer from-the-kubelet' }));
    expect((await connectCluster({ kubeconfig: source })).name).toBe('in-cluster');
  });
});
