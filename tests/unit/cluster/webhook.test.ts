import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyObjects } from '../../../helpers/cluster/objects.ts';
import { webhookIn } from '../../../helpers/cluster/webhook-words.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer } from './fake-api.ts';

const BY_SERVICE =
  'Internal error occurred: failed calling webhook "pods.policy.test": failed to call webhook: Post ' +
  '"https://policy.shop.svc:443/validate?timeout=10s": context deadline exceeded';
const BY_URL =
  'Internal error occurred: failed calling webhook "pods.policy.test": failed to call webhook: Post ' +
  '"https://10.42.2.250:9443/validate?timeout=10s": dial tcp 10.42.2.250:9443: i/o timeout';

test.each([
  [
    BY_SERVICE,
    { name: 'pods.policy.test', host: 'policy.shop.svc:443', service: { namespace: 'shop', name: 'policy' } },
  ],
  [BY_URL, { name: 'pods.policy.test', host: '10.42.2.250:9443' }],
  ['admission webhook "pods.policy.test" denied the request: no hostNetwork', undefined],
])('A webhook that could not be asked is read from the API server’s words: %s', (message, webhook) => {
  expect(webhookIn(message)).toEqual(webhook);
});

describe('an object that waits for a webhook which nobody reaches', { timeout: 40_000 }, () => {
  let bench: ApiBench;
  beforeAll(() => {
    bench = new ApiBench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'netwright-x' } };

  const said = async (patched: Answer, endpoints: object[], requestTimeoutMs?: number) => {
    const server = await bench.serve(({ path, method }): Answer => {
      if (path === '/version') return VERSION;
      if (path === '/api/v1')
        return {
          status: 200,
          body: { kind: 'APIResourceList', groupVersion: 'v1', resources: [{ name: 'namespaces', kind: 'Namespace' }] },
        };
      if (path.includes('endpointslices'))
        return { status: 200, body: { items: [{ endpoints, addressType: 'IPv4' }] } };
      if (path.includes('leases')) return status(404, 'NotFound', 'no lease');
      return method === 'PATCH' ? patched : status(404, 'NotFound', 'no');
    });
    const client = await bench.connect(server, { ...(requestTimeoutMs && { requestTimeoutMs }) });
    const failed = applyObjects(client, [NAMESPACE]).then(
      () => 'applied',
      (error: { code: string; message: string }) => `${error.code}: ${error.message.replaceAll(server.url, 'API')}`,
    );
    return failed;
  };

  test('names the webhook, its Service, and the pods behind it with their nodes', async () => {
    const pod = { addresses: ['10.42.2.7'], nodeName: 'worker-02', targetRef: { name: 'policy-0' }, conditions: {} };
    expect(await said(status(500, 'InternalError', BY_SERVICE), [pod])).toBe(
      `webhook-unreachable: applying Namespace netwright-x: the API server API could not ask an admission webhook: ` +
        `${BY_SERVICE}; the webhook pods.policy.test is asked by the Service shop/policy, behind which stands ` +
        'policy-0 on worker-02 (10.42.2.7)',
    );
  });

  test('says that the Service has no endpoint', async () => {
    expect(await said(status(500, 'InternalError', BY_SERVICE), [])).toContain('which has no ready endpoint');
  });

  test('is told from an API server that answers nothing, where only what is written hangs', async () => {
    expect(await said(undefined, [], 1_000)).toBe(
      'webhook-unreachable: applying Namespace netwright-x: the API server API answers what is read, and not this ' +
        'within 1 s',
    );
  });
});
