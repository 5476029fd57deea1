import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, waitForPodsGone } from '../../../helpers/cluster/clean-up.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const OK: Answer = { status: 200, body: { kind: 'Status', status: 'Success' } };
const namespaces = (...names: string[]): Answer => ({
  status: 200,
  body: { items: names.map((name) => ({ metadata: { name } })) },
});
const pods = (...specs: object[]): Answer => ({
  status: 200,
  body: { items: specs.map((spec) => ({ metadata: { namespace: 'netwright-1-host', name: 'probe' }, spec })) },
});

describe('cleaning up', () => {
  test('removes the namespaces of one run, or all of ours', async () => {
    const server = await bench.serve(({ method, path }) =>
      path === '/version' ? VERSION : method === 'DELETE' ? OK : namespaces('netwright-1', 'netwright-1-host'),
    );
    const client = await bench.connect(server);
    expect(await cleanUp(client, { runId: '1' })).toEqual(['netwright-1', 'netwright-1-host']);
    await cleanUp(client);
    const asked = server.requests.map((request) => decodeURIComponent(request));
    expect(asked.filter((request) => request.startsWith('GET /api'))).toEqual([
      'GET /api/v1/namespaces?labelSelector=app.kubernetes.io/managed-by=netwright,netwright/run=1&limit=500',
      'GET /api/v1/namespaces?labelSelector=app.kubernetes.io/managed-by=netwright&limit=500',
    ]);
    expect(asked.filter((request) => request.startsWith('DELETE')).slice(0, 2)).toEqual([
      'DELETE /api/v1/namespaces/netwright-1?propagationPolicy=Background',
      'DELETE /api/v1/namespaces/netwright-1-host?propagationPolicy=Background',
    ]);
  });

  test('removes from namespaces that were prepared just what is ours, and looks at no other', async () => {
    const server = await bench.serve(({ method, path }) =>
      path === '/version' ? VERSION : method === 'DELETE' ? OK : namespaces(path.includes('daemonsets') ? 'd' : 'c'),
    );
    const client = await bench.connect(server);
    expect(await cleanUp(client, { runId: '1', prepared: ['guests', 'guests'] })).toEqual(['guests/d', 'guests/c']);
    const asked = server.requests.map((request) => decodeURIComponent(request)).filter((each) => !/version/.test(each));
    const labels = 'labelSelector=app.kubernetes.io/managed-by=netwright,netwright/run=1&limit=500';
    expect(asked).toEqual([
      `GET /apis/apps/v1/namespaces/guests/daemonsets?${labels}`,
      `GET /api/v1/namespaces/guests/configmaps?${labels}`,
      'DELETE /apis/apps/v1/namespaces/guests/daemonsets/d?propagationPolicy=Background',
      'DELETE /api/v1/namespaces/guests/configmaps/c',
    ]);
  });

  test('takes what is gone already, or is going, for removed', async () => {
    const server = await bench.serve(({ method, path }) => {
      if (path === '/version') return VERSION;
      if (method === 'GET') return namespaces('gone', 'going');
      return path.includes('gone')
        ? status(404, 'NotFound', 'namespaces "gone" not found')
        : status(409, 'Conflict', 'namespaces "going" is being terminated');
    });
    expect(await cleanUp(await bench.connect(server))).toEqual(['gone', 'going']);
  });

  test('asks again when the API server has trouble for a moment', async () => {
    let failures = 3;
    const server = await bench.serve(({ method, path }) => {
      if (path === '/version') return VERSION;
      if ((failures -= 1) >= 0) return status(503, 'ServiceUnavailable', 'apiserver is shutting down');
      return method === 'GET' ? namespaces('netwright-1') : OK;
    });
    expect(await cleanUp(await bench.connect(server))).toEqual(['netwright-1']);
    expect(server.requests.at(-1)).toContain('DELETE /api/v1/namespaces/netwright-1');
  });

  test('that may not remove says so', async () => {
    const server = await bench.serve(({ method, path }) =>
      path === '/version'
        ? VERSION
        : method === 'GET'
          ? namespaces('netwright-1')
          : status(403, 'Forbidden', 'namespaces "netwright-1" is forbidden: User "ops" cannot delete'),
    );
    await expect(cleanUp(await bench.connect(server))).rejects.toMatchObject({
      code: 'api-forbidden',
      message:
        `removing what Netwright made: the API server ${server.url} refuses: namespaces "netwright-1" is ` +
        'forbidden: User "ops" cannot delete',
    });
  });
});

describe('waiting until all is removed', () => {
  test('ends when it is', async () => {
    let asked = 0;
    const server = await bench.serve(({ method, path }) => {
      if (path === '/version') return VERSION;
      if (method === 'DELETE') return OK;
      asked += 1;
      return asked < 3 ? namespaces('netwright-1') : namespaces();
    });
    expect(await cleanUp(await bench.connect(server), { wait: true })).toEqual(['netwright-1']);
  });

  test('says so when the cluster does not come to it, in place of calling it removed', async () => {
    const server = await bench.serve(({ method, path }) =>
      path === '/version' ? VERSION : method === 'DELETE' ? OK : namespaces('netwright-1', 'netwright-1-host'),
    );
    await expect(cleanUp(await bench.connect(server), { wait: true, timeoutMs: 500 })).rejects.toMatchObject({
      code: 'clean-up-slow',
      exitCode: 3,
      message: 'the cluster has not removed netwright-1, netwright-1-host within 0.5 s',
    });
  });

  test('says in the words of the cluster that an API which does not answer keeps its namespaces', async () => {
    const message = 'Discovery failed for some groups, 1 failing: metrics.k8s.io/v1beta1';
    const conditions = [{ type: 'NamespaceDeletionDiscoveryFailure', status: 'True', message }];
    const left = { metadata: { name: 'netwright-1' }, status: { conditions } };
    const server = await bench.serve(({ method, path }) =>
      path === '/version' ? VERSION : method === 'DELETE' ? OK : { status: 200, body: { items: [left] } },
    );
    await expect(cleanUp(await bench.connect(server), { wait: true, timeoutMs: 500 })).rejects.toMatchObject({
      code: 'clean-up-slow',
      message: `the cluster has not removed netwright-1 within 0.5 s: ${message}`,
      hint: expect.stringContaining('kubectl get apiservices'),
    });
  });
});

describe('waiting for the probes of an earlier run', () => {
  test('ends when none holds a port of a node any more', async () => {
    let asked = 0;
    const server = await bench.serve(({ path }) => {
      if (path === '/version') return VERSION;
      asked += 1;
      return asked < 3 ? pods({ nodeName: 'a', hostNetwork: true }, { nodeName: 'a' }) : pods({ nodeName: 'a' });
    });
    expect(await waitForPodsGone(await bench.connect(server), ['a'])).toEqual([]);
    expect(asked).toBe(3);
  });

  test('says which are left when they do not go', async () => {
    const server = await bench.serve(({ path }) =>
      path === '/version' ? VERSION : pods({ nodeName: 'a', hostNetwork: true }, { nodeName: 'b', hostNetwork: true }),
    );
    expect(await waitForPodsGone(await bench.connect(server), ['a'], { timeoutMs: 300 })).toEqual([
      { node: 'a', pod: 'netwright-1-host/probe' },
    ]);
  });

  test('does not wait for those on a node that is dead: they never go', async () => {
    const server = await bench.serve(({ path }) =>
      path === '/version' ? VERSION : pods({ nodeName: 'dead', hostNetwork: true }),
    );
    await waitForPodsGone(await bench.connect(server), ['a', 'b']);
    expect(server.requests).toHaveLength(2);
  });

  test('is ended by an interrupt', async () => {
    const server = await bench.serve(({ path }) =>
      path === '/version' ? VERSION : pods({ nodeName: 'a', hostNetwork: true }),
    );
    await expect(
      waitForPodsGone(await bench.connect(server), ['a'], { signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
