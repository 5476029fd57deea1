import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCircumstances, readPodLog } from '../../../helpers/cluster/circumstances.ts';
import { ApiBench } from './client.ts';
import { status, VERSION } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const eventAt = (reason: string, lastTimestamp: string, namespace = 'shop') => ({
  involvedObject: { kind: 'Pod', namespace, name: 'api' },
  reason,
  message: 'no addresses left',
  count: 3,
  lastTimestamp,
  source: { host: 'a' },
});

test('events are those of the network and of the last minutes', async () => {
  const now = new Date().toISOString();
  const server = await bench.serve(({ path }) => {
    if (path === '/version') return VERSION;
    const items = [
      eventAt('FailedCreatePodSandBox', now),
      eventAt('Unhealthy', now),
      eventAt('FailedCreatePodSandBox', '2020-01-01T00:00:00Z'),
    ];
    return { status: 200, body: { items: path.includes('/events') ? items : [] } };
  });
  const { events } = await readCircumstances(await bench.connect(server));
  expect(events).toEqual({
    value: [
      { node: 'a', object: 'Pod shop/api', reason: 'FailedCreatePodSandBox', message: 'no addresses left', count: 3 },
    ],
  });
});

test('what keeps a pod of the cluster’s own from being mounted is told, and of no other', async () => {
  const now = new Date().toISOString();
  const items = [eventAt('FailedMount', now, 'kube-system'), eventAt('FailedMount', now)];
  const server = await bench.serve(({ path }) =>
    path === '/version' ? VERSION : { status: 200, body: { items: path.includes('/events') ? items : [] } },
  );
  const { events } = await readCircumstances(await bench.connect(server));
  expect(events.value?.map(({ object, reason }) => `${reason} of ${object}`)).toEqual([
    'FailedMount of Pod kube-system/api',
  ]);
});

test('what may not be read is not observed, in the words of the API server', async () => {
  const server = await bench.serve(({ path }) =>
    path === '/version'
      ? VERSION
      : status(403, 'Forbidden', 'networkpolicies is forbidden: User "ops" cannot list them'),
  );
  const client = await bench.connect(server);
  const notObserved = 'the API server refuses: networkpolicies is forbidden: User "ops" cannot list them';
  expect((await readCircumstances(client)).networkPolicies).toMatchObject({ notObserved });
  expect(await readPodLog(client, 'shop', 'api')).toMatchObject({ notObserved });
});

test.each([
  ['is read once more where kubelet has none between two starts', 2, { value: 'it ends here' }],
  ['is not observed where kubelet never has one', 9, { notObserved: expect.stringContaining('unable to retrieve') }],
])('a log %s', async (_, without, log) => {
  let asked = 0;
  const server = await bench.serve(({ path }) => {
    if (path === '/version') return VERSION;
    if (!path.includes('/log'))
      return { status: 200, body: { status: { containerStatuses: [{ name: 'api', restartCount: 3 }] } } };
    asked += 1;
    return {
      status: 200,
      body: asked <= without ? 'unable to retrieve container logs for containerd://1' : 'it ends here',
    };
  });
  expect(await readPodLog(await bench.connect(server), 'shop', 'api')).toMatchObject(log);
});
