import { describe, expect, test } from 'vitest';
import { isServing, leftOut } from '../../../helpers/model/service.ts';
import type { ServiceInfo } from '../../../helpers/model/topology.ts';
import { serviceOn } from '../observe/support/run-context.ts';

const selector = { app: 'web' };
const bare = (over: Partial<ServiceInfo>) => serviceOn([], { selector, ...over });

describe('a Service', () => {
  test.each<[string, ServiceInfo, string]>([
    ['scaled to 0', bare({ workload: { objects: ['Deployment web'], replicas: 0 } }), 'Deployment web is scaled to 0'],
    [
      'of two that are scaled to 0',
      bare({ workload: { objects: ['Deployment blue', 'StatefulSet green'], replicas: 0 } }),
      'Deployment blue, StatefulSet green are scaled to 0',
    ],
    [
      'whose only pod has ended and was never ready',
      serviceOn([0], { selector: { job: 'once' }, workload: { objects: ['Job once'], replicas: 0, hasEnded: true } }),
      'Job once is done, and its pods have ended',
    ],
    [
      'whose DaemonSet has no node',
      bare({ workload: { objects: ['DaemonSet gpu'], replicas: 0 } }),
      'no node is one that DaemonSet gpu wants a pod on',
    ],
    ['without selector and endpoint', serviceOn([]), 'it has no selector, and nobody has given it an endpoint'],
    [
      'that is another name',
      bare({ type: 'ExternalName', externalName: 'db.example' }),
      'ExternalName of db.example: it has no address',
    ],
  ])('%s is left out by choice', (_title, service, why) => {
    expect(leftOut(service)).toEqual({ why, isByChoice: true });
  });

  test.each<[string, ServiceInfo]>([
    ['whose workload wants pods', bare({ workload: { objects: ['Deployment web'], replicas: 2 } })],
    ['that selects what nothing makes', bare({ workload: { objects: [], replicas: 0 } })],
    ['of an older recording', bare({})],
    [
      'with an endpoint that is not ready',
      {
        ...serviceOn([0], { selector }),
        endpoints: serviceOn([0]).endpoints.map((each) => ({ ...each, ready: false })),
      },
    ],
  ])('%s is asked', (_title, service) => {
    expect(leftOut(service)).toBeUndefined();
  });

  test('of which it may not be read whether it wants pods is left open', () => {
    const service = bare({ workload: { objects: [], notObserved: 'deployments.apps is forbidden' } });
    expect(leftOut(service)?.isByChoice).toBeUndefined();
    expect(leftOut(service)?.why).toContain('deployments.apps is forbidden');
  });
});

describe('an endpoint has to answer', () => {
  const [ready] = serviceOn([0]).endpoints;
  if (!ready) throw new Error('the Service has an endpoint');

  test.each<[string, Partial<typeof ready>, boolean]>([
    ['while it is ready', {}, true],
    ['not while it is not', { ready: false }, false],
    ['not where it only counts as ready', { serving: false }, false],
    ['not when its pod ends', { ready: false, serving: true, terminating: true }, false],
    ['not when its pod ends and unready pods count', { terminating: true }, false],
  ])('%s', (_title, over, expected) => {
    expect(isServing({ ...ready, ...over })).toBe(expected);
  });
});
