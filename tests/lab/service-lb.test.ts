import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readState } from '../../lab/state.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';

/** Where ServiceLB has its pods: K3s' default is every node; here one that runs no ingress, and one that may. */
const BALANCED = ['k3s-master-01', 'k3s-worker-01'];
const NAMESPACE = 'ingress-nginx';
const SERVICE = 'ingress-nginx-controller';
const LABELS = { 'app.kubernetes.io/name': 'ingress-nginx' };
const FAILURE = "[ERROR] can't initialize iptables table nat: Table does not exist";

/** Passes connections on as ServiceLB's container does by rules of its own, to the Service. */
const PASSING = `
const { createServer, connect } = require('node:net');
for (const port of [80, 443]) createServer((from) => {
  const to = connect(port, process.argv[1]);
  for (const [one, other] of [[from, to], [to, from]]) one.on('error', () => other.destroy()).pipe(other);
}).listen(port, '0.0.0.0');`;

interface Objects {
  spec: {
    clusterIP: string;
    template: { spec: { containers: Record<string, unknown>[]; serviceAccountName: string } };
  };
}

let bench: LabBench;
beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(() => bench[Symbol.dispose]());

const kubectl = (...args: string[]) => bench.kubectl(['-n', NAMESPACE, ...args]);
const get = async (object: string) => JSON.parse(await kubectl('get', object, '-o', 'json')) as Objects;
const apply = (object: object) => bench.kubectl(['apply', '-f', '-'], JSON.stringify(object));
const patch = (object: string, value: object, ...more: string[]) =>
  kubectl('patch', object, '--type=merge', '-p', JSON.stringify(value), ...more);
const nowhere = (nodeSelector: object | null) =>
  patch('daemonset/ingress-nginx-controller', { spec: { template: { spec: { nodeSelector } } } });

/** The controller as Traefik is in K3s: a Deployment with a network of its own, and no port of a node. */
async function controller(): Promise<object> {
  const { template } = (await get('daemonset/ingress-nginx-controller')).spec;
  const { containers, serviceAccountName } = template.spec;
  const plain = containers.map((each) => ({
    ...each,
    ports: [
      { name: 'http', containerPort: 80 },
      { name: 'https', containerPort: 443 },
    ],
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'traefik', namespace: NAMESPACE },
    spec: {
      selector: { matchLabels: { ...LABELS, shape: 'servicelb' } },
      template: {
        metadata: { labels: { ...LABELS, shape: 'servicelb' } },
        spec: { serviceAccountName, terminationGracePeriodSeconds: 2, containers: plain },
      },
    },
  };
}

/** Pods with the name, the labels and the host ports of K3s' own; what passes connections on is a stand-in. */
async function serviceLb(script = PASSING): Promise<object> {
  const [{ probeImage }, service] = await Promise.all([readState(bench.status.name), get(`service/${SERVICE}`)]);
  const app = `svclb-${SERVICE}-0a1b2c3d`;
  const ports = [80, 443].map((port) => ({ name: `lb-tcp-${port}`, containerPort: port, hostPort: port }));
  const command = ['/usr/bin/node', '-e', script, service.spec.clusterIP];
  const container = { name: 'lb-tcp-80', image: probeImage, imagePullPolicy: 'IfNotPresent', command, ports };
  const names = { key: 'kubernetes.io/hostname', operator: 'In', values: BALANCED };
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [names] }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: app, namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app } },
      // Both at once, also where the first does not come up.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: {
        metadata: {
          labels: {
            app,
            'svccontroller.k3s.cattle.io/svcname': SERVICE,
            'svccontroller.k3s.cattle.io/svcnamespace': NAMESPACE,
          },
        },
        spec: {
          hostNetwork: true,
          // Not 0: a pod is then gone from the API before its process is, which still listens.
          terminationGracePeriodSeconds: 1,
          tolerations: [{ operator: 'Exists' }],
          affinity: { nodeAffinity },
          containers: [container],
        },
      },
    },
  };
}

/** Everything that is discovered, and no load balancer beside the nodes. */
const run = (): Promise<Ended> =>
  bench.run(['run', '--suite', 'ingress'], {
    NETWRIGHT_LOAD_BALANCER: '',
    NETWRIGHT_INGRESS_NODEPORT_HTTP: '',
    NETWRIGHT_INGRESS_NODEPORT_HTTPS: '',
  });
const nodesAsked = (ended: Ended, role: string) =>
  [
    ...new Set(probesOf(ended).flatMap((probe) => (probe.role === role ? (probe.destination.node ?? []) : []))),
  ].toSorted();

describe("K3s' own shape: a controller without a port of a node, behind ServiceLB", () => {
  beforeAll(async () => {
    const made = await controller();
    await nowhere({ 'example.com/nowhere': 'true' });
    await kubectl('wait', '--for=delete', 'pods', '-l', 'app.kubernetes.io/name=ingress-nginx', '--timeout=60s');
    await apply(made);
    await patch(`service/${SERVICE}`, { spec: { type: 'LoadBalancer' } });
    const ingress = bench.status.nodes
      .filter(({ name }) => BALANCED.includes(name))
      .map(({ address }) => ({ ip: address }));
    await patch(`service/${SERVICE}`, { status: { loadBalancer: { ingress } } }, '--subresource=status');
    await apply(await serviceLb());
    await kubectl('rollout', 'status', 'deployment/traefik', '--timeout=60s');
    await bench.kubectl(['-n', 'kube-system', 'rollout', 'status', `ds/svclb-${SERVICE}-0a1b2c3d`, '--timeout=60s']);
  }, 180_000);

  afterAll(async () => {
    await bench.kubectl(['-n', 'kube-system', 'delete', 'ds', `svclb-${SERVICE}-0a1b2c3d`, '--ignore-not-found']);
    await kubectl('delete', 'deployment', 'traefik', '--ignore-not-found');
    await patch(`service/${SERVICE}`, { spec: { type: 'NodePort' } });
    await nowhere(null);
    await kubectl('rollout', 'status', 'ds/ingress-nginx-controller', '--timeout=90s');
  }, 180_000);

  it('is healthy: asked at the nodes of ServiceLB, at every NodePort, and nowhere else', async () => {
    const ended = await run();
    expect([ended.code, ended.report?.verdict]).toEqual([0, 'healthy']);
    expect(nodesAsked(ended, 'worker')).toEqual(BALANCED);
    expect(nodesAsked(ended, 'node-port')).toEqual(bench.status.nodes.map(({ name }) => name).toSorted());
    expect(nodesAsked(ended, 'load-balancer')).toEqual([]);
  });

  it('whose pods of ServiceLB start again and again is named, with the words of their log', async () => {
    await apply(await serviceLb(`console.error(${JSON.stringify(FAILURE)}); process.exit(1)`));
    // As K3s does for nodes whose pod is not Ready: kube-proxy would serve their addresses by itself.
    await patch(`service/${SERVICE}`, { status: { loadBalancer: { ingress: null } } }, '--subresource=status');
    // Between two starts a pod is in this state or that; how often each has ended only grows.
    const restarts = async (): Promise<number[]> => {
      const path = 'jsonpath={.items[*].status.containerStatuses[0].restartCount}';
      const pods = ['get', 'pods', '-l', `app=svclb-${SERVICE}-0a1b2c3d`, '-o', path];
      return (await bench.kubectl(['-n', 'kube-system', ...pods])).split(' ').map(Number);
    };
    await expect
      .poll(async () => (await restarts()).filter((count) => count >= 2).length, { timeout: 150_000, interval: 1_000 })
      .toBe(BALANCED.length);
    const ended = await run();
    expect(ended.report?.verdict).toBe('unhealthy');
    const [finding, ...others] = ended.report?.findings ?? [];
    expect([finding?.code, finding?.confidence, others]).toEqual(['ingress-controller-down', 'proved', []]);
    expect(finding?.title).toContain('ServiceLB does not run');
    expect(finding?.locations.map(({ node }) => node).toSorted()).toEqual(BALANCED);
    expect(finding?.evidence.map(({ text }) => text).join('\n')).toContain(FAILURE);
  }, 240_000);
});
