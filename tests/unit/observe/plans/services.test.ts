import { describe, expect, it, test } from 'vitest';
import { planClusterIps, planEndpoints } from '../../../../helpers/observe/plans/services.ts';
import { unaskedPorts } from '../../../../helpers/observe/plans/unasked-ports.ts';
import { runContext, serviceOn } from '../support/run-context.ts';

const none = new Map();

describe('Services by their ClusterIP', () => {
  const [probe, ...others] = planClusterIps(runContext({ nodes: 3, service: serviceOn([1]) }), none);

  it('are asked from both networks of every node, with connections that do not wait for each other', () => {
    expect(others).toHaveLength(3 * 2 - 1);
    expect(probe?.specs).toHaveLength(6);
    expect(probe).toMatchObject({ kind: 'http', role: 'service', destination: { ip: '10.43.0.9', port: 80 } });
  });

  it('are translated and served from the asking node', () => {
    expect(probe?.crosses).toMatchObject({ translation: ['node-0'], servedFrom: ['node-0'], service: 'shop/web' });
  });

  test.each([
    ['is headless', serviceOn([1], { clusterIp: 'None' })],
    ['has an IPv6 address alone', serviceOn([1], { clusterIp: 'fd00::9' })],
    ['has a port of UDP alone', serviceOn([1], { ports: [{ protocol: 'UDP', port: 80, targetPort: '80' }] })],
  ])('are left out where one %s', (_, service) => {
    expect(planClusterIps(runContext({ nodes: 2, service }), none)).toEqual([]);
  });
});

describe('endpoints by their own address', () => {
  const ipsOf = (service: ReturnType<typeof serviceOn>) =>
    new Set(planEndpoints(runContext({ nodes: 3, service }), none).map(({ destination }) => destination.ip));

  it('are asked on the port that they serve, from both networks of every node', () => {
    const probes = planEndpoints(runContext({ nodes: 3, service: serviceOn([0, 2]) }), none);
    expect(probes).toHaveLength(2 * 3 * 2);
    expect(new Set(probes.map(({ destination }) => destination.port))).toEqual(new Set([8080]));
  });

  it('are left out while they are not ready, or do not serve the port', () => {
    const service = serviceOn([0, 1, 2]);
    const [ready, notReady, without] = service.endpoints;
    if (!ready || !notReady || !without) throw new Error('the Service has three endpoints');
    const endpoints = [ready, { ...notReady, ready: false }, { ...without, ports: { metrics: 9090 } }];
    expect(ipsOf({ ...service, endpoints })).toEqual(new Set(['10.42.0.9']));
  });

  it.each(['UDP', 'SCTP'] as const)('are never asked by TCP on a port of %s', (protocol) => {
    const port = { protocol, port: 514, targetPort: '514' };
    const web = { name: 'web', protocol: 'TCP' as const, port: 80, targetPort: '8080' };
    const alone = serviceOn([0, 1], { ports: [port] });
    expect(planEndpoints(runContext({ nodes: 2, service: alone }), none)).toEqual([]);
    const mixed = serviceOn([0], { ports: [{ ...port, name: 'log' }, web] });
    const endpoints = mixed.endpoints.map((each) => ({ ...each, ports: { log: 514, web: 8080 } }));
    const probes = planEndpoints(runContext({ nodes: 2, service: { ...mixed, endpoints } }), none);
    expect(new Set(probes.map(({ destination }) => destination.port))).toEqual(new Set([8080]));
  });
});

describe('ports that no plan asks', () => {
  it('are named, those of the targets alone', () => {
    const { topology, targets } = runContext({
      nodes: 1,
      service: serviceOn([0], {
        ports: [
          { protocol: 'TCP', port: 80, targetPort: '8080' },
          { protocol: 'UDP', port: 514, targetPort: '514' },
        ],
      }),
    });
    expect(unaskedPorts(topology, targets.services).map(({ what }) => what)).toEqual(['shop/web 514/UDP']);
    expect(unaskedPorts(topology, [])).toEqual([]);
  });
});
