import { describe, expect, test } from 'vitest';
import { CANARY } from '../../../../helpers/model/canary.ts';
import type { RunContext } from '../../../../helpers/model/run-context.ts';
import { planIngress } from '../../../../helpers/observe/plans/ingress.ts';
import { planNodePorts } from '../../../../helpers/observe/plans/node-ports.ts';
import { planWatch } from '../../../../helpers/observe/plans/watch.ts';
import { nodeName, runContext, serviceOn } from '../support/run-context.ts';

const context = (nodes: number): RunContext => ({
  ...runContext({
    nodes,
    service: serviceOn([0]),
    targets: {
      hosts: [{ host: 'shop.example', path: '/' }],
      ingressNodes: [nodeName(0)],
      loadBalancer: '198.51.100.1',
      ingressNodePortHttp: 31_080,
    },
  }),
  isOutOfReach: true,
});
const asked = (nodes: number) =>
  planIngress(context(nodes), { references: new Map() }).map(
    ({ role, source, destination }) => `${source.node ?? source.network} asks ${role} ${destination.node ?? ''}`,
  );

describe('where no way leads to the nodes', () => {
  test('another node asks the ports of the ingress, and the load balancer is asked as ever', () => {
    expect(new Set(asked(2))).toEqual(
      new Set([
        'runner asks load-balancer ',
        'node-1 asks worker node-0',
        'node-1 asks node-port node-0',
        'node-0 asks node-port node-1',
      ]),
    );
  });

  test.each([
    ['that was found need not let Netwright in', true],
    ['that somebody named has to', undefined],
  ])('a load balancer %s', (_, isFound) => {
    const asking = context(2);
    const targets = { ...asking.targets, ...(isFound && { isLoadBalancerFound: true as const }) };
    const planned = planIngress({ ...asking, targets }, { references: new Map() });
    expect(planned.find(({ role }) => role === 'load-balancer')?.isUnpromised).toBe(isFound);
  });

  test('one node alone asks itself', () => {
    expect(asked(1)).toContain('node-0 asks worker node-0');
  });

  test('what is asked from node to node goes over what lies between them', () => {
    const [first] = planIngress(context(2), { references: new Map() }).filter(({ role }) => role === 'worker');
    expect(first?.crosses.underlay).toEqual([['node-1', 'node-0']]);
  });

  test('no NodePort is asked from outside', () => {
    const ports = planNodePorts(context(2), new Map());
    expect(new Set(ports.map(({ role }) => role))).toEqual(new Set(['from-node']));
  });

  test('a watch asks the ways in from other nodes', () => {
    const own = serviceOn([0, 1], {
      namespace: 'netwright',
      name: CANARY,
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: '8080', nodePort: 30_080 }],
    });
    const watched = planWatch({
      ...runContext({ nodes: 2, topology: { services: [own] } }),
      canary: { service: `netwright/${CANARY}`, key: 'a key', readyAtMs: 0 },
      isOutOfReach: true,
    });
    expect(
      new Set(watched.flatMap(({ pathClass, from, to }) => (pathClass === 'node-port' ? [`${from} ${to}`] : []))),
    ).toEqual(new Set(['node-1 node-0', 'node-0 node-1']));
  });
});
