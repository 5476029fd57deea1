import { describe, expect, it, test } from 'vitest';
import { planClusterIps, planEndpoints } from '../../../../helpers/observe/plans/services.ts';
import { unaskedPorts } from '../../../../helpers/observe/plans/unasked-ports.ts';
import { runContext, serviceOn } from '../support/run-context.ts';

const none = new Map();
const selector = { app: 'web' };

/** Its second pod counts as an endpoint and is not ready. */
function unready() {
  const service = serviceOn([0, 1], { publishNotReadyAddresses: true });
  const endpoints = service.endpoints.map((each, index) => (index === 1 ? { ...each, serving: false } : each));
  return { ...service, endpoints };
}

const web = { name: 'http', protocol: 'TCP' as const, port: 80, targetPort: '8080' };

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

  it.each([
    ['speak no HTTP', { statuses: [], isNotHttp: true as const }],
    ['are late', { statuses: [], isLate: true as const }],
  ])('are asked by a connection where their pods were reached and %s', (_, reference) => {
    const references = new Map([['shop/web /health', reference]]);
    const probes = planClusterIps(runContext({ nodes: 1, service: serviceOn([0]) }), references);
    expect(new Set(probes.map(({ kind }) => kind))).toEqual(new Set(['tcp']));
  });

  test.each([
    ['is headless', serviceOn([1], { clusterIp: 'None' })],
    ['counts unready pods as endpoints, and has one', unready()],
    ['is scaled to 0', serviceOn([], { selector, workload: { objects: ['Deployment web'], replicas: 0 } })],
    ['has a port of UDP alone', serviceOn([1], { ports: [{ protocol: 'UDP', port: 80, targetPort: '80' }] })],
  ])('are left out where one %s', (_, service) => {
    expect(planClusterIps(runContext({ nodes: 2, service }), none)).toEqual([]);
  });
});

describe('Services that serve some nodes or ports alone', () => {
  const sources = (service: ReturnType<typeof serviceOn>) =>
    new Set(planClusterIps(runContext({ nodes: 3, service }), none).map(({ source }) => source.node));

  it('are asked from nodes with an endpoint alone under internalTrafficPolicy Local', () => {
    expect(sources(serviceOn([1], { internalTrafficPolicy: 'Local' }))).toEqual(new Set(['node-1']));
    expect(sources(serviceOn([], { internalTrafficPolicy: 'Local', selector }))).toHaveLength(3);
  });

  it('are not asked at a port that no container gives, unless it is all they have', () => {
    const metrics = { name: 'metrics', protocol: 'TCP' as const, port: 9090, targetPort: 'metrics' };
    const asked = (ports: (typeof web)[]) => {
      const context = runContext({ nodes: 1, service: serviceOn([0], { ports }) });
      const services = context.targets.services.map((each) => ({ ...each, httpPort: undefined }));
      const probes = planClusterIps({ ...context, targets: { ...context.targets, services } }, none);
      return new Set(probes.map(({ destination }) => destination.port));
    };
    expect(asked([web, metrics])).toEqual(new Set([80]));
    expect(asked([metrics])).toEqual(new Set([9090]));
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

  const asked = (endpoints: ReturnType<typeof serviceOn>['endpoints']) =>
    planEndpoints(runContext({ nodes: 2, service: serviceOn([], { endpoints }) }), none);

  it('are those of a headless Service as well', () => {
    expect(ipsOf(serviceOn([0, 2], { clusterIp: 'None' }))).toEqual(new Set(['10.42.0.9', '10.42.2.9']));
  });

  it('are left out where they only count as ready', () => {
    expect(ipsOf(unready())).toEqual(new Set(['10.42.0.9']));
  });

  it('that are a node are asked as that node, under the overlay', () => {
    const probes = asked([{ ip: '192.0.2.2', ports: { http: 6443 }, ready: true }]);
    expect(new Set(probes.map(({ role, pathClass }) => `${role} ${pathClass}`))).toEqual(
      new Set(['endpoint pod-host', 'endpoint host-host']),
    );
    expect(probes.map(({ destination }) => destination.node)).toEqual(probes.map(() => 'node-1'));
    expect(probes.flatMap(({ crosses }) => crosses.overlay ?? [])).toEqual([]);
  });

  it('outside of the cluster are evidence, however they answer', () => {
    const [probe, ...others] = asked([{ ip: '203.0.113.5', ports: { http: 5432 }, ready: true }]);
    expect(others).toHaveLength(3);
    expect(probe).toMatchObject({ role: 'outside-endpoint', kind: 'tcp', crosses: { external: true } });
    expect(probe?.pathClass).toBeUndefined();
    const refused = { kind: 'refused' as const, text: 'connection refused' };
    const result = { batch: 'b', id: '0', attempts: 1, succeeded: 0, timesMs: [], durationMs: 1, got: {} };
    expect(probe?.judge([{ ...result, error: refused }])).toMatchObject({
      verdict: 'evidence',
      reason: 'outside of the cluster: connection refused',
    });
  });

  it('are evidence at nodes that a headless Service without a selector lists, as operators list kubelets', () => {
    const endpoint = { ip: '192.0.2.1', ports: { http: 10_255 }, ready: true };
    const rolesOf = (over: object) =>
      new Set(
        planEndpoints(runContext({ nodes: 2, service: serviceOn([], { endpoints: [endpoint], ...over }) }), none).map(
          ({ role }) => role,
        ),
      );
    expect(rolesOf({ clusterIp: 'None' })).toEqual(new Set(['outside-endpoint']));
    expect(rolesOf({ clusterIp: '10.43.0.1' })).toEqual(new Set(['endpoint']));
    expect(rolesOf({ clusterIp: 'None', selector })).toEqual(new Set(['endpoint']));
    const ofPod = [{ ...endpoint, pod: 'db-0', node: 'node-0' }];
    expect(rolesOf({ clusterIp: 'None', endpoints: ofPod })).toEqual(new Set(['endpoint']));
  });

  it('are evidence behind policies that let in others, with the names of these', () => {
    const guardedBy = ['front-only'];
    const service = serviceOn([0], { guardedBy, ports: serviceOn([0]).ports.map((port) => ({ ...port, guardedBy })) });
    const context = runContext({ nodes: 1, service });
    const refused = { kind: 'refused' as const, text: 'connection refused' };
    const result = { batch: 'b', id: '0', attempts: 1, succeeded: 0, timesMs: [], durationMs: 1, got: {} };
    for (const probe of [...planEndpoints(context, none), ...planClusterIps(context, none)])
      expect(probe.judge(probe.specs.map(() => ({ ...result, error: refused })))).toMatchObject({
        verdict: 'evidence',
        reason: 'the network policy front-only lets in others alone: connection refused',
      });
  });

  it.each(['UDP', 'SCTP'] as const)('are never asked by TCP on a port of %s', (protocol) => {
    const port = { protocol, port: 514, targetPort: '514' };
    const alone = serviceOn([0, 1], { ports: [port] });
    expect(planEndpoints(runContext({ nodes: 2, service: alone }), none)).toEqual([]);
    const mixed = serviceOn([0], { ports: [{ ...port, name: 'log' }, web] });
    const endpoints = mixed.endpoints.map((each) => ({ ...each, ports: { log: 514, http: 8080 } }));
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
    expect(unaskedPorts(topology, targets.services)).toMatchObject([{ what: 'shop/web 514/UDP', isByChoice: true }]);
    expect(unaskedPorts(topology, [])).toEqual([]);
  });
});
