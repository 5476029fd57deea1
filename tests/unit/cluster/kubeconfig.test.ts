import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectCluster } from '../../../helpers/cluster/connect.ts';
import { openExec } from '../../../helpers/cluster/exec.ts';
import { loadKubeConfig } from '../../../helpers/cluster/kubeconfig.ts';
import type { KubeconfigSource } from '../../../helpers/model/kubeconfig-source.ts';
import { Authority, type Certificate } from './certificates.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { FakeApi, VERSION, type Answers } from './fake-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-kubeconfig-'));
const servers: AsyncDisposable[] = [];
let authority: Authority;
let admin: Certificate;
let own: Certificate;
let otherName: Certificate;

beforeAll(() => {
  authority = new Authority(folder);
  own = authority.issue('/CN=api');
  otherName = authority.issue('/CN=api', { names: 'DNS:api.example' });
  admin = authority.issue('/CN=admin');
});
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(answers: Answers = () => VERSION, { certificate: cert, key } = own): Promise<FakeApi> {
  const server = await FakeApi.start(answers, {
    cert,
    key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
  servers.push(server);
  return server;
}

/** Writes a file into the folder of the test, and the folders above it. */
function write(path: string, content: string, mode = 0o600): string {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
  chmodSync(absolute, mode);
  return absolute;
}

const files = (...paths: string[]): KubeconfigSource => ({ kind: 'files', paths });

interface Parts {
  cluster: Record<string, unknown>;
  user?: Record<string, unknown>;
  name?: string;
}

/** A kubeconfig's text with one context whose cluster, user and context have the same name. */
const kubeconfig = ({ cluster, user, name = 'test' }: Parts): string =>
  JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster }],
    users: user ? [{ name, user }] : [],
    contexts: [{ name, context: { cluster: name, ...(user && { user: name }) } }],
  });

/** Asks for the version and runs a command; what the server then says of who called. */
async function callersOf(server: FakeApi, source: KubeconfigSource): Promise<FakeApi['callers']> {
  const client = await connectCluster({ kubeconfig: source });
  const { outcome } = await openExec(client, {
    namespace: 'ns',
    pod: 'pod',
    container: 'c',
    command: ['true'],
    connectTimeoutMs: 5_000,
  });
  expect(await outcome).toEqual({ outcome: 'exited', code: 0 });
  return server.callers;
}

const twice = <T>(value: T): T[] => [value, value];

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
