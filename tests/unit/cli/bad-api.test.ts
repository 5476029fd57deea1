import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, test } from 'vitest';
import { Authority, type Certificate } from '../cluster/certificates.ts';
import { FakeApi, kubeconfigText, status, VERSION, type Answers, type KubeconfigOptions } from '../cluster/fake-api.ts';
import { freePort } from '../nodes/sshd.ts';
import { Desk } from './netwright.ts';

/** A dozen processes start at once, each busy for a second; and one waits for 15 s. */
const TIMEOUT_MS = 90_000;

const desk = new Desk();
const authority = new Authority(desk.folder);
const own = authority.issue('/CN=api');
const stranger = authority.issue('/CN=stranger', { names: 'DNS:other.example' });
const servers: FakeApi[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  desk[Symbol.dispose]();
});

let count = 0;
const kubeconfig = (options: KubeconfigOptions) => ({
  NETWRIGHT_KUBECONFIG: desk.write(`kubeconfig-${(count += 1)}`, kubeconfigText(options)),
});

async function serve(answers: Answers, { certificate: cert, key }: Certificate = own): Promise<FakeApi> {
  const server = await FakeApi.start(answers, { cert, key });
  servers.push(server);
  return server;
}

/**
 * What a command says to such a server, and its exit code. Most are asked of `clean`, which connects in the same way
 * and starts sooner.
 */
async function said(command: 'run' | 'clean', env: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await desk.run([command], env);
  return `${stdout}${stderr.replaceAll(/kubeconfig-\d+/g, 'kubeconfig')}\n=> ${code}`;
}

describe.concurrent('a kubeconfig', { timeout: TIMEOUT_MS }, () => {
  test('that is no YAML is told so', async ({ expect }) => {
    expect(await said('clean', { NETWRIGHT_KUBECONFIG: desk.write('no-yaml', 'a: [') })).toMatchInlineSnapshot(`
      "error: the kubeconfig at DIR/no-yaml cannot be read: unexpected end of the stream within a flow collection (1:5)
        kubectl config view shows what kubectl makes of it
        (kubeconfig-invalid)
      => 2"
    `);
  });

  test('without the context that was asked for lists those it has', async ({ expect }) => {
    expect(await said('clean', { ...kubeconfig({ server: 'http://127.0.0.1:1' }), NETWRIGHT_CONTEXT: 'prod' }))
      .toMatchInlineSnapshot(`
      "error: the kubeconfig at DIR/kubeconfig has no context named "prod"
        contexts there: test; choose one by NETWRIGHT_CONTEXT
        (kubeconfig-context)
      => 2"
    `);
  });

  test('whose client certificate has expired is told with the time, and the server is not asked', async ({
    expect,
  }) => {
    const server = await serve(() => VERSION);
    const clientCertificate = authority.issue('/CN=admin', { until: '20240229120000Z' });
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate, clientCertificate })))
      .toMatchInlineSnapshot(`
      "error: the client certificate in DIR/kubeconfig expired on 2024-02-29T12:00:00.000Z
        on K3s: k3s certificate rotate on a server, restart it, and copy /etc/rancher/k3s/k3s.yaml again
        (client-certificate-expired)
      => 3"
    `);
    expect(server.requests).toEqual([]);
  });
});

describe.concurrent('an API server', { timeout: TIMEOUT_MS }, () => {
  test('where nothing listens refuses', async ({ expect }) => {
    expect(await said('run', kubeconfig({ server: `https://127.0.0.1:${await freePort()}` }))).toMatchInlineSnapshot(`
      "connecting
      error: the API server https://127.0.0.1:PORT refuses connections
        is K3s running there (systemctl status k3s), and is it the cluster that you mean? NETWRIGHT_CONTEXT chooses another
        (api-refused)
      => 3"
    `);
  });

  test('that takes the connection and never answers is unreachable, after its time', async ({ expect }) => {
    const server = await serve(() => undefined);
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT does not answer
        check the route and the firewall from here to the server, port 6443; where only a proxy leads there, name it as proxy-url of the cluster in the kubeconfig; HTTPS_PROXY is not read
        (api-unreachable)
      => 3"
    `);
  });

  test('that never answers does not hold up Ctrl-C', async ({ expect }) => {
    const server = await serve(() => undefined);
    const started = desk.start(['run'], kubeconfig({ server: server.url, ca: authority.certificate }));
    while (server.requests.length === 0) await sleep(20);
    const interruptedAt = performance.now();
    started.kill('SIGINT');
    const { exitCode, stderr } = await started;
    expect(performance.now() - interruptedAt).toBeLessThan(10_000);
    expect([exitCode, desk.stable(stderr)]).toMatchInlineSnapshot(`
      [
        130,
        "connecting
      interrupted: cleaning up; once more to leave at once
      interrupted",
      ]
    `);
  });

  test('whose certificate has expired is told so', async ({ expect }) => {
    const server = await serve(() => VERSION, authority.issue('/CN=api', { until: '20240229120000Z' }));
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT has a certificate that has expired
        on K3s: k3s certificate rotate on the server, then restart it
        (api-certificate-expired)
      => 3"
    `);
  });

  test('whose certificate the kubeconfig does not trust is told so', async ({ expect }) => {
    const server = await serve(() => VERSION, own);
    expect(await said('clean', kubeconfig({ server: server.url }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT has a certificate that the kubeconfig does not trust: unable to verify the first certificate
        check certificate-authority-data and the server address of the kubeconfig; NETWRIGHT_KUBECONFIG names another. A proxy that shows a certificate of its own needs its authority there
        (api-certificate)
      => 3"
    `);
  });

  test('whose certificate is for another name is told so', async ({ expect }) => {
    const server = await serve(() => VERSION, stranger);
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT has a certificate that the kubeconfig does not trust: Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list:
        check certificate-authority-data and the server address of the kubeconfig; NETWRIGHT_KUBECONFIG names another. A proxy that shows a certificate of its own needs its authority there
        (api-certificate)
      => 3"
    `);
  });

  test('that does not accept the credentials is told so', async ({ expect }) => {
    const server = await serve(() => status(401, 'Unauthorized', 'Unauthorized'));
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT does not accept the credentials of the kubeconfig (401)
        log in again, or check the user of the context (NETWRIGHT_CONTEXT chooses another): kubectl auth whoami
        (api-unauthorized)
      => 3"
    `);
  });

  test('that has trouble of its own is quoted', async ({ expect }) => {
    const server = await serve(() => status(500, 'InternalError', 'etcdserver: request timed out'));
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: the API server https://127.0.0.1:PORT answered with an error: etcdserver: request timed out
        look at it with kubectl --server https://127.0.0.1:PORT get --raw /readyz?verbose
        (api-error)
      => 3"
    `);
  });

  test('that is no API server at all is told so', async ({ expect }) => {
    const server = await serve(() => ({ status: 200, body: '<html>It works!</html>' }));
    expect(await said('clean', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "error: what answers at https://127.0.0.1:PORT is no Kubernetes API server
        check the server address and the proxy-url of the kubeconfig
        (api-error)
      => 3"
    `);
  });

  test('that refuses a part of what a run needs is answered with every verb and resource that is missing', async ({
    expect,
  }) => {
    const server = await serve(({ path, body }) => {
      if (path === '/version') return VERSION;
      if (!path.includes('selfsubjectaccessreviews')) return status(403, 'Forbidden', 'nodes is forbidden');
      const { resource, verb } = (
        JSON.parse(body) as { spec: { resourceAttributes: { resource: string; verb: string } } }
      ).spec.resourceAttributes;
      return {
        status: 201,
        body: { status: { allowed: resource === 'services' || (resource === 'leases' && verb !== 'delete') } },
      };
    });
    expect(await said('run', kubeconfig({ server: server.url, ca: authority.certificate }))).toMatchInlineSnapshot(`
      "connecting
      error: the user of the context test may not: list nodes, list pods, list endpointslices.discovery.k8s.io, list ingresses.networking.k8s.io, create namespaces, delete namespaces, list namespaces, patch namespaces, create configmaps, patch configmaps, create daemonsets.apps, patch daemonsets.apps, get pods/exec, create pods/exec, delete leases.coordination.k8s.io in kube-system
        the role that a run needs is in docs/configuration.md, Rights
        (rights-missing)
      => 3"
    `);
  });
});

test('no report is left of what was never begun', ({ expect }) => {
  expect(desk.reports()).toEqual([]);
});
