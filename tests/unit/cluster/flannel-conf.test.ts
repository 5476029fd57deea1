import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTopology } from '../../../helpers/cluster/topology.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const PATH = '/api/v1/namespaces/kube-flannel/configmaps/kube-flannel-cfg';
const NONE = status(404, 'NotFound', 'not found');
const conf = (netConf: string): Answer => ({ status: 200, body: { data: { 'net-conf.json': netConf } } });

/** Reads a cluster of one node with flannel, whose ConfigMap is answered so. */
async function read(configMap: Answer, kubeletVersion = 'v1.34.4') {
  const annotations = { 'flannel.alpha.coreos.com/backend-type': 'vxlan' };
  const node = { metadata: { name: 'a', annotations }, status: { nodeInfo: { kubeletVersion } } };
  const server = await bench.serve(({ path }): Answer => {
    if (path === '/version') return VERSION;
    if (path === PATH) return configMap;
    if (path.includes('projectcalico')) return NONE;
    return { status: 200, body: { items: path.startsWith('/api/v1/nodes') ? [node] : [] } };
  });
  const { topology } = await readTopology(await bench.connect(server), { namespaces: [] });
  return { overlay: topology.overlay, asked: server.requests.includes(`GET ${PATH}`) };
}

describe("flannel's port", () => {
  test('is what its ConfigMap names', async () => {
    const { overlay } = await read(conf('{"Backend":{"Type":"vxlan","Port":4789}}'));
    expect(overlay).toMatchObject({ kind: 'flannel-vxlan', port: 4789 });
  });

  test.each<[string, Answer]>([
    ['there is no ConfigMap', NONE],
    ['it may not be read', status(403, 'Forbidden', 'configmaps is forbidden')],
    ['it names none', conf('{"Backend":{"Type":"vxlan"}}')],
    ['it is not JSON', conf('{')],
  ])('is left to the nodes where %s', async (_, answer) => {
    expect((await read(answer)).overlay).not.toHaveProperty('port');
  });

  test('is not asked for on K3s, whose flannel has no ConfigMap', async () => {
    expect((await read(NONE, 'v1.34.4+k3s1')).asked).toBe(false);
  });
});
