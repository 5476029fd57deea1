import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCorefile, readDnsAddress } from '../../../helpers/cluster/dns-objects.ts';
import { ApiBench } from './client.ts';
import { status, VERSION } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const list = (items: object[]) => ({ status: 200, body: { metadata: {}, items } });
const missing = status(404, 'NotFound', 'not found');
const forbidden = status(403, 'Forbidden', 'no such right');

describe('whose address a resolver of pods is', () => {
  const connect = async (services: object[], pods: object[]) =>
    bench.connect(
      await bench.serve(({ path }) => {
        if (path === '/version') return VERSION;
        return list(path.startsWith('/api/v1/services') ? services : pods);
      }),
    );
  const taken = {
    metadata: { namespace: 'shop', name: 'taken' },
    spec: { clusterIP: 'fd00:43::a', clusterIPs: ['fd00:43::a', '10.43.0.10'], ports: [{ port: 80 }] },
  };

  test('is that of the Service that has it in any family, with its ports', async () => {
    expect(await readDnsAddress(await connect([taken], []), '10.43.0.10')).toEqual({
      value: { address: '10.43.0.10', service: { namespace: 'shop', name: 'taken', ports: [80] }, caches: [] },
    });
  });

  test('is nobody’s where no Service has it, and pods of a node-local cache are told with it', async () => {
    const cache = {
      metadata: { name: 'node-local-dns-x' },
      spec: { nodeName: 'b' },
      status: { containerStatuses: [{ ready: false }] },
    };
    expect(await readDnsAddress(await connect([taken], [cache]), '169.254.20.10')).toEqual({
      value: { address: '169.254.20.10', caches: [{ pod: 'node-local-dns-x', node: 'b', ready: false }] },
    });
  });
});

describe('what CoreDNS is configured by', () => {
  test('is the files of its ConfigMaps, of those that there are', async () => {
    const client = await bench.connect(
      await bench.serve(({ path }) => {
        if (path === '/version') return VERSION;
        return path.endsWith('/configmaps/coredns')
          ? { status: 200, body: { data: { Corefile: '.:53 {\n}\n' } } }
          : missing;
      }),
    );
    expect(await readCorefile(client, 'kube-system')).toEqual({
      value: { namespace: 'kube-system', files: { 'coredns/Corefile': '.:53 {\n}\n' } },
    });
  });

  test('is not observed where it may not be read, in the server’s words', async () => {
    const client = await bench.connect(await bench.serve(({ path }) => (path === '/version' ? VERSION : forbidden)));
    expect(await readCorefile(client, 'kube-system')).toMatchObject({
      value: null,
      notObserved: expect.stringContaining('no such right'),
    });
  });
});
