import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { V1Deployment } from '@kubernetes/client-node';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import { restoreScaled } from '../../../helpers/cluster/restore-scaled.ts';
import { readBefore, restore, scaleTo } from '../../../helpers/cluster/scaling.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer, type Answers } from './fake-api.ts';

interface Stored {
  metadata: NonNullable<V1Deployment['metadata']>;
  spec: { replicas: number; template: object };
}

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/web';
const resources: Answer = {
  status: 200,
  body: { kind: 'APIResourceList', resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
};

/** RFC 7386, as far as it is used here. */
function merge(target: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const merged = Object.entries(change).map(([key, value]) => [
    key,
    typeof value === 'object' && value !== null
      ? merge((target[key] ?? {}) as Record<string, unknown>, value as Record<string, unknown>)
      : value,
  ]);
  const all = { ...target, ...(Object.fromEntries(merged) as Record<string, unknown>) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A cluster with one Deployment of three pods; `refuses` says whom it may not be changed by. */
async function cluster(refuses?: Answer): Promise<{ client: ClusterClient; deployment: () => Stored }> {
  let stored: Stored = { metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 3, template: {} } };
  const answers: Answers = ({ method, path, body }) => {
    const [url = '', query = ''] = path.split('?');
    if (url === '/version') return VERSION;
    if (url === '/apis/apps/v1') return resources;
    if (url.includes('horizontalpodautoscalers')) return { status: 200, body: { items: [] } };
    if (url === '/apis/apps/v1/deployments') {
      const [, label = ''] = /labelSelector=([^&]*)/.exec(query) ?? [];
      const [key = '', value] = decodeURIComponent(label).split('=');
      return { status: 200, body: { items: stored.metadata.labels?.[key] === value ? [stored] : [] } };
    }
    if (url !== DEPLOYMENT) return status(404, 'NotFound', `nothing at ${url}`);
    if (method === 'PATCH') {
      if (refuses && stored.metadata.labels) return refuses;
      stored = merge(stored as never, JSON.parse(body) as Record<string, unknown>) as never;
    }
    return { status: 200, body: stored };
  };
  return { client: await bench.connect(await bench.serve(answers)), deployment: () => stored };
}

const web = { namespace: 'shop', name: 'web' };

describe('a Deployment that a run scales', () => {
  test('is put back by whoever comes later, where the run was killed, and holds nothing of ours then', async () => {
    const { client, deployment } = await cluster();
    await scaleTo(client, await readBefore(client, web), 5);
    expect(deployment().spec.replicas).toBe(5);
    expect(await restoreScaled(client)).toEqual({ restored: ['shop/web'], troubles: [] });
    expect(deployment()).toEqual({
      metadata: { ...web, labels: {}, annotations: {} },
      spec: { replicas: 3, template: {} },
      ...({ apiVersion: 'apps/v1', kind: 'Deployment' } as object),
    });
    expect(await restoreScaled(client)).toEqual({ restored: [], troubles: [] });
  });

  test('that the run has put back itself is not touched again', async () => {
    const { client, deployment } = await cluster();
    const before = await readBefore(client, web);
    await scaleTo(client, before, 5);
    await restore(client, before);
    expect(deployment().spec.replicas).toBe(3);
    expect(await restoreScaled(client)).toEqual({ restored: [], troubles: [] });
  });

  test('is named with the reason where it may not be put back', async () => {
    const { client } = await cluster(status(403, 'Forbidden', 'deployments "web" is forbidden'));
    await scaleTo(client, await readBefore(client, web), 5);
    const { restored, troubles } = await restoreScaled(client);
    expect(restored).toEqual([]);
    expect(troubles).toEqual([expect.stringMatching(/^shop\/web was scaled by a run that was killed, .*forbidden/s)]);
  });
});
