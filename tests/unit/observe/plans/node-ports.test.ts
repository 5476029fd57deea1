import { describe, expect, it, test } from 'vitest';
import { planNodePorts, targetNodePorts } from '../../../../helpers/observe/plans/node-ports.ts';
import { rolesOf, runContext, serviceOn } from '../support/run-context.ts';

const plan = (service = serviceOn([1])) => planNodePorts(runContext({ nodes: 3, service }), new Map());

const nodeOf = ({ destination }: ReturnType<typeof plan>[number]) => destination.node;

describe('NodePorts', () => {
  it('are asked on every node from the runner and from each of the others', () => {
    expect(rolesOf(plan())).toEqual({ 'from-runner': 3, 'from-node': 3 * 2 });
    expect(plan().filter(({ source, destination }) => source.node === destination.node)).toEqual([]);
  });

  it('are asked by half as many connections as a ClusterIP', () => {
    expect(new Set(plan().map(({ specs }) => specs.length))).toEqual(new Set([3]));
  });

  it('with policy Local are asked where an endpoint is, and nowhere else', () => {
    const local = (on: number[]) =>
      new Set(plan(serviceOn(on, { externalTrafficPolicy: 'Local', selector: { app: 'web' } })).map(nodeOf));
    expect(local([1])).toEqual(new Set(['node-1']));
    // Without any endpoint it is not the policy that keeps an answer back.
    expect(local([])).toEqual(new Set(['node-0', 'node-1', 'node-2']));
  });

  it('are none of a Service that has unready pods as endpoints by its own wish', () => {
    const service = serviceOn([0, 1], { publishNotReadyAddresses: true });
    const endpoints = service.endpoints.map((each, index) => (index === 0 ? { ...each, serving: false } : each));
    expect(plan({ ...service, endpoints })).toEqual([]);
  });

  test.each([
    ['a port without one', { protocol: 'TCP' as const, port: 80, targetPort: '80' }],
    ['a port of UDP', { protocol: 'UDP' as const, port: 80, targetPort: '80', nodePort: 30080 }],
    ['another port than the target speaks', { protocol: 'TCP' as const, port: 81, targetPort: '81', nodePort: 30081 }],
  ])('are none of %s', (_, port) => {
    expect(targetNodePorts(runContext({ nodes: 1, service: serviceOn([0], { ports: [port] }) }))).toEqual([]);
  });
});
