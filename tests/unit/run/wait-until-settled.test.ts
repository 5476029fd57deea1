import { describe, expect, test } from 'vitest';
import { unsettledIn, type Settling } from '../../../helpers/run/wait-until-settled.ts';

const metadata = { namespace: 'shop', name: 'web', generation: 3 };
const deployment = (status: object, spec = { replicas: 2 }): Partial<Settling> => ({
  deployments: [{ metadata, spec, status } as never],
});
const through = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const set = { observedGeneration: 3, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
const cluster = (more: Partial<Settling>): Settling => ({
  nodes: [],
  deployments: [],
  daemonSets: [],
  statefulSets: [],
  ...more,
});
const daemonSet = (status: object): Partial<Settling> => ({ daemonSets: [{ metadata, status } as never] });
const statefulSet = (status: object): Partial<Settling> => ({
  statefulSets: [{ metadata, spec: { replicas: 2 }, status } as never],
});

describe('a roll-out that is on its way', () => {
  test.each([
    ['a Deployment whose change nobody has seen yet', deployment({ ...through, observedGeneration: 2 })],
    ['a Deployment with pods of before', deployment({ ...through, replicas: 3 })],
    ['a Deployment with too few new pods', deployment({ ...through, updatedReplicas: 1 })],
    ['a Deployment whose pods are not ready', deployment({ ...through, availableReplicas: 1 })],
    ['a DaemonSet that has not reached every node', daemonSet({ ...set, updatedNumberScheduled: 1 })],
    ['a DaemonSet whose pods are not ready', daemonSet({ ...set, numberAvailable: 0 })],
    [
      'a StatefulSet between two revisions',
      statefulSet({ observedGeneration: 3, readyReplicas: 2, currentRevision: 'a', updateRevision: 'b' }),
    ],
    [
      'a node that is not Ready',
      { nodes: [{ metadata: { name: 'a' }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }] },
    ],
  ] satisfies [string, Partial<Settling>][])('is waited for: %s', (_what, more) => {
    expect(unsettledIn(cluster(more))).toHaveLength(1);
  });

  test.each([
    ['all is there', deployment(through)],
    ['nothing is wanted', deployment({ observedGeneration: 3 }, { replicas: 0 })],
    ['a DaemonSet is everywhere', daemonSet(set)],
    [
      'a StatefulSet is through',
      statefulSet({ observedGeneration: 3, readyReplicas: 2, currentRevision: 'a', updateRevision: 'a' }),
    ],
    [
      'Kubernetes has given it up',
      deployment({
        ...through,
        availableReplicas: 0,
        conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }],
      }),
    ],
  ] satisfies [string, Partial<Settling>][])('is over where %s', (_what, more) => {
    expect(unsettledIn(cluster(more))).toEqual([]);
  });
});
