import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTopology } from '../../../helpers/cluster/topology.ts';
import { readAgain } from '../../../helpers/run/second-reading.ts';
import { ApiBench } from '../cluster/client.ts';
import { status, VERSION, type Answer } from '../cluster/fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const QUERY = { namespaces: ['shop'], name: 'test' };
const SINCE = '2026-03-01T10:00:00Z';
const LATER = '2026-03-01T10:20:00Z';

const node = (name: string, ready: 'True' | 'Unknown', lastTransitionTime: string) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready, message: 'Kubelet stopped posting.', lastTransitionTime }] },
});

/** A cluster whose nodes are said to be as `nodes` has them at each reading, the last for all further ones. */
async function clusterOf(nodes: unknown[][], isSilent: boolean) {
  let reading = 0;
  const server = await bench.serve(({ path }): Answer => {
    if (path === '/version') return VERSION;
    if (path.includes('projectcalico')) return status(404, 'NotFound', 'no');
    if (!path.startsWith('/api/v1/nodes')) return { status: 200, body: { items: [] } };
    reading += 1;
    return { status: 200, body: { items: nodes[Math.min(reading, nodes.length) - 1] } };
  });
  const client = await bench.connect(server);
  const silences = isSilent ? [{ from: SINCE, until: LATER, seconds: 20 }] : [];
  const answers = Object.assign(client.answers, { silences: () => silences });
  const before = (await readTopology(client, QUERY)).topology;
  return { client: { ...client, answers }, before, readings: () => reading };
}

const READY = [node('a', 'True', SINCE), node('b', 'True', SINCE)];

test('Nodes that could not report while the API server was silent are read again until they have', async () => {
  const back = [node('a', 'True', LATER), node('b', 'True', SINCE)];
  const { client, before, readings } = await clusterOf([READY, [node('a', 'Unknown', LATER), READY[1]], back], true);
  const { topology, unheardNodes } = await readAgain(client, QUERY, before);
  expect([topology.nodes.map(({ ready }) => ready), unheardNodes, readings()]).toEqual([[true, true], ['a'], 3]);
});

test('A node that has reported again before the second reading is known by when it became Ready', async () => {
  const { client, before } = await clusterOf([READY, [node('a', 'True', LATER), READY[1]]], true);
  expect((await readAgain(client, QUERY, before)).unheardNodes).toEqual(['a']);
});

test('A node that stops reporting to an API server that answers is not waited for', async () => {
  const { client, before, readings } = await clusterOf([READY, [node('a', 'Unknown', LATER), READY[1]]], false);
  const { topology, unheardNodes } = await readAgain(client, QUERY, before);
  expect([topology.nodes[0]?.ready, unheardNodes, readings()]).toEqual([false, [], 2]);
});

test('A run that is interrupted while nodes may still report has no second reading', async () => {
  const { client, before } = await clusterOf([READY, [node('a', 'Unknown', LATER), READY[1]]], true);
  await expect(readAgain(client, QUERY, before, AbortSignal.timeout(100))).rejects.toThrow('interrupted before');
});
