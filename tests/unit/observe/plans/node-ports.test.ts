import { describe, expect, it, test } from 'vitest';
import { planNodePorts, targetNodePorts } from '../../../../helpers/observe/plans/node-ports.ts';
import { rolesOf, runContext, serviceOn } from '../support/run-context.ts';

const plan = (service = serviceOn([1])) => planNodePorts(runContext({ nodes: 3, service }), new Map());

describe('NodePorts', () => {
  it('are asked on every node from the runner and from each of the others', () => {
    expect(rolesOf(plan())).toEqual({ 'from-runner': 3, 'from-node': 3 * 2 });
    expect(plan().filter(({ source, destination }) => source.node === destination.node)).toEqual([]);
  });

  it('are asked by half as many connections as a ClusterIP', () => {
    expect(new Set(plan().map(({ specs }) => specs.length))).toEqual(new Set([3]));
  });

  it('with policy Local say on which nodes an endpoint answers', () => {
    const asked = plan(serviceOn([1], { externalTrafficPolicy: 'Local' }))
      .filter(({ role }) => role === 'from-runner')
      .map(({ destination, asked: each }) => [
        destination.node,
        'endpointOnNode' in each ? [each.externalTrafficPolicy, each.endpointOnNode] : undefined,
      ]);
    expect(asked).toEqual([
      ['node-0', ['Local', false]],
      ['node-1', ['Local', true]],
      ['node-2', ['Local', false]],
    ]);
  });

  test.each([
    ['a port without one', { protocol: 'TCP' as const, port: 80, targetPort: '80' }],
    ['a port of UDP', { protocol: 'UDP' as const, port: 80, targetPort: '80', nodePort: 30080 }],
    ['another port than the target speaks', { protocol: 'TCP' as const, port: 81, targetPort: '81', nodePort: 30081 }],
  ])('are none of %s', (_, port) => {
    expect(targetNodePorts(runContext({ nodes: 1, service: serviceOn([0], { ports: [port] }) }))).toEqual([]);
  });
});
