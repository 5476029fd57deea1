import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  endedWork,
  withWorkloads,
  workloadBehind,
  workloadsOf,
  type WorkloadObjects,
} from '../../../helpers/cluster/workloads.ts';
import { serviceOn } from '../observe/support/run-context.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer } from './fake-api.ts';

const NOTHING: WorkloadObjects = { deployments: [], statefulSets: [], daemonSets: [], replicaSets: [] };
const selector = { app: 'web' };
const template = { metadata: { labels: { app: 'web', tier: 'front' } } };

const deployment = (name: string, replicas?: number): V1Deployment => ({
  metadata: { name },
  spec: { replicas, selector: { matchLabels: selector }, template },
});
const replicaSet = (name: string, replicas: number, owner?: string): V1ReplicaSet => ({
  metadata: {
    name,
    ...(owner && { ownerReferences: [{ apiVersion: 'v1', kind: owner, name, uid: 'u', controller: true }] }),
  },
  spec: { replicas, selector: { matchLabels: selector }, template },
});
const behind = (objects: Partial<WorkloadObjects>) =>
  workloadBehind({ selector }, workloadsOf({ ...NOTHING, ...objects }));

describe('what makes the pods that a Service selects', () => {
  test.each<[string, Partial<WorkloadObjects>, string[], number]>([
    ['is a Deployment that is scaled to 0', { deployments: [deployment('web', 0)] }, ['Deployment web'], 0],
    ['wants one pod where it says nothing', { deployments: [deployment('web')] }, ['Deployment web'], 1],
    [
      'is all that have its labels',
      { deployments: [deployment('blue', 0), deployment('green', 2)] },
      ['Deployment blue', 'Deployment green'],
      2,
    ],
    ['is no older revision of a Deployment', { replicaSets: [replicaSet('web-1', 0, 'Deployment')] }, [], 0],
    ['is a ReplicaSet of a Rollout', { replicaSets: [replicaSet('web-2', 3, 'Rollout')] }, ['ReplicaSet web-2'], 3],
    ['is a ReplicaSet by itself', { replicaSets: [replicaSet('web', 0)] }, ['ReplicaSet web'], 0],
    [
      'is a StatefulSet',
      { statefulSets: [{ metadata: { name: 'db' }, spec: { replicas: 0, selector: {}, template } }] },
      ['StatefulSet db'],
      0,
    ],
    [
      'is a DaemonSet with as many pods as it has nodes to run on',
      {
        daemonSets: [
          {
            metadata: { name: 'edge' },
            spec: { selector: {}, template },
            status: { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
          },
        ],
      },
      ['DaemonSet edge'],
      0,
    ],
  ])('%s', (_title, objects, names, replicas) => {
    expect(behind(objects)).toEqual({ objects: names, replicas });
  });

  test('is nothing that lacks one of the labels', () => {
    const other = { ...selector, tier: 'back' };
    const workloads = workloadsOf({ ...NOTHING, deployments: [deployment('web', 0)] });
    expect(workloadBehind({ selector: other }, workloads)).toEqual({ objects: [], replicas: 0 });
  });
});

const pod = (phase: string) => ({
  metadata: {
    name: 'once-1',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'once', uid: 'u', controller: true }],
  },
  status: { phase },
});

test('pods have ended only where all have, and well', () => {
  expect(endedWork([pod('Succeeded'), pod('Succeeded')])?.objects).toEqual(['Job once']);
  expect([[], [pod('Failed')], [pod('Succeeded'), pod('Running')]].map(endedWork)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('reading it', () => {
  let bench: ApiBench;
  beforeAll(() => {
    bench = new ApiBench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const serve = (answer: (path: string) => Answer) =>
    bench.serve(({ path }) => (path === '/version' ? VERSION : answer(path)));
  const empty = serviceOn([], { selector });

  test('asks nothing where every Service has an endpoint, or selects nothing', async () => {
    const server = await serve(() => status(500, 'InternalError', 'must not be asked'));
    const services = [serviceOn([0], { selector }), serviceOn([], { selector: {} })];
    expect(await withWorkloads(await bench.connect(server), services)).toEqual(services);
    expect(server.requests.filter((each) => each.includes('/apis/apps'))).toEqual([]);
  });

  test('lists the pods of its labels and the four kinds of its namespace alone', async () => {
    const server = await serve((path) => ({
      status: 200,
      body: { items: path.includes('/deployments') ? [deployment('web', 0)] : [] },
    }));
    const [read] = await withWorkloads(await bench.connect(server), [empty]);
    expect(read?.workload).toEqual({ objects: ['Deployment web'], replicas: 0 });
    expect(server.requests.slice(1).toSorted()).toEqual([
      'GET /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500',
      ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map(
        (kind) => `GET /apis/apps/v1/namespaces/shop/${kind}?limit=500`,
      ),
    ]);
  });

  test('names the Job whose pods have ended, though one still stands in an EndpointSlice', async () => {
    const server = await serve(() => ({ status: 200, body: { items: [pod('Succeeded')] } }));
    const [service] = [serviceOn([0], { selector })];
    const unready = { ...service, endpoints: service.endpoints.map((each) => ({ ...each, ready: false })) };
    const [read] = await withWorkloads(await bench.connect(server), [unready]);
    expect(read?.workload).toEqual({ objects: ['Job once'], replicas: 0, hasEnded: true });
  });

  test('without the right says that it is not known, in the words of the API server', async () => {
    const server = await serve(() => status(403, 'Forbidden', 'deployments.apps is forbidden'));
    const [read] = await withWorkloads(await bench.connect(server), [empty]);
    expect(read?.workload?.replicas).toBeUndefined();
    expect(read?.workload?.notObserved).toContain('deployments.apps is forbidden');
  });
});
