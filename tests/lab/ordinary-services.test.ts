import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMAGES } from '../../lab/images/index.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';
import { DISCOVERED } from './healthy.ts';

const NAMESPACE = 'ordinary';
const IN_IT = { ...DISCOVERED, NETWRIGHT_NAMESPACE: NAMESPACE };
const APPLIED = { timeout: 30_000, interval: 200 };

let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
  await bench.kubectl(['create', 'namespace', NAMESPACE]);
});
afterAll(async () => {
  await bench.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  bench[Symbol.dispose]();
});

type Json = Record<string, unknown>;
const object = (apiVersion: string, kind: string, name: string, rest: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE, ...(rest['metadata'] as Json | undefined) },
  ...('spec' in rest && { spec: rest['spec'] }),
  ...('endpoints' in rest && { addressType: 'IPv4', endpoints: rest['endpoints'], ports: rest['ports'] }),
});

const deployment = (name: string, replicas: number, readinessProbe: Json): Json =>
  object('apps/v1', 'Deployment', name, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, any: 'yes' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'app',
              image: IMAGES.keybuzz,
              imagePullPolicy: 'IfNotPresent',
              env: [{ name: 'SERVICE', value: name }],
              ports: [{ name: 'api', containerPort: 8080 }],
              readinessProbe: { periodSeconds: 1, ...readinessProbe },
            },
          ],
        },
      },
    },
  });

const PORT = { name: 'api', port: 8080, targetPort: 'api' };
const service = (name: string, spec: Json): Json =>
  object('v1', 'Service', name, { spec: { selector: { app: 'web' }, ports: [PORT], ...spec } });

const READY = { httpGet: { path: '/ready', port: 'api' } };
const OBJECTS: Json[] = [
  deployment('web', 1, READY),
  deployment('late', 1, { httpGet: { path: '/', port: 9999 } }),
  deployment('asleep', 0, READY),
  service('web', { ports: [PORT, { name: 'metrics', port: 9090, targetPort: 'metrics' }] }),
  service('asleep', { selector: { app: 'asleep' } }),
  service('headless', { clusterIP: 'None' }),
  service('elsewhere', {
    type: 'ExternalName',
    externalName: 'www.example.test',
    selector: undefined,
    ports: undefined,
  }),
  service('legacy', { selector: undefined, ports: [{ port: 5432 }] }),
  object('discovery.k8s.io/v1', 'EndpointSlice', 'legacy-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'legacy' } },
    // The load balancer: outside of the cluster, and it listens there.
    endpoints: [{ addresses: ['10.0.0.5'] }],
    ports: [{ port: 443 }],
  }),
  service('nothing', { selector: undefined }),
  service('syslog', { ports: [{ name: 'log', port: 514, targetPort: 514, protocol: 'UDP' }] }),
  service('pending', { type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] }),
  service('near', { type: 'NodePort', internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' }),
  service('sticky', { sessionAffinity: 'ClientIP' }),
  service('eager', { selector: { any: 'yes' }, publishNotReadyAddresses: true }),
  object('networking.k8s.io/v1', 'Ingress', 'asleep', {
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'asleep.example.test',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'asleep', port: { number: 8080 } } } },
            ],
          },
        },
      ],
    },
  }),
];

const notes = ({ report }: Ended): Record<string, string> =>
  Object.fromEntries((report?.holes ?? []).map(({ what, why }) => [what, why]));
const healthy = (ended: Ended) => [
  ended.code,
  ended.report?.verdict,
  ended.report?.findings.map(({ code }) => code),
  [...new Set(probesOf(ended, 'fail').map(({ destination, reason }) => `${destination.name}: ${reason}`))],
];

describe('Services of every kind', () => {
  beforeAll(async () => {
    await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }));
    await bench.kubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/web', '--timeout=60s']);
    const late = ['wait', '--for=jsonpath={.status.podIP}', 'pods', '-l', 'app=late', '--timeout=60s'];
    await bench.kubectl(['-n', NAMESPACE, ...late]);
  });

  it('are healthy, and what is not asked of them is said with its reason', async () => {
    const ended = await bench.run(['run'], IN_IT);
    expect(healthy(ended)).toEqual([0, 'healthy', [], []]);
    const home = (
      await bench.kubectl(['-n', NAMESPACE, 'get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].spec.nodeName}'])
    ).trim();
    const others = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'].filter((node) => node !== home).join(', ');
    expect(notes(ended)).toMatchObject({
      'ordinary/asleep': 'Deployment asleep is scaled to 0',
      'the host asleep.example.test/health': 'of its Service ordinary/asleep: Deployment asleep is scaled to 0',
      'ordinary/nothing': 'it has no selector, and nobody has given it an endpoint',
      'ordinary/web at port 9090': 'no endpoint has a port for the target port metrics',
      'ordinary/pending at a load balancer': 'it has been given no address: it is asked within the cluster',
      [`ordinary/near by its ClusterIP from ${others}`]: expect.stringContaining('internalTrafficPolicy'),
      [`ordinary/near by its NodePort at ${others}`]: expect.stringContaining('externalTrafficPolicy'),
      '1 endpoint of ordinary/eager': expect.stringContaining('publishNotReadyAddresses'),
      'ordinary/syslog 514/UDP': expect.stringContaining('by TCP'),
    });
    const names = probesOf(ended).flatMap(({ asked: each }) => ('name' in each ? [each.name] : []));
    expect(names).toContain('headless.ordinary.svc.cluster.local');
    const asked = probesOf(ended).filter(({ suite }) => suite === 'cluster-ip');
    const own = asked.filter(({ destination }) => destination.name?.startsWith(`${NAMESPACE}/`));
    const paths = new Set(own.flatMap(({ asked: each }) => ('path' in each ? [each.path] : [])));
    expect(paths).toEqual(new Set(['/ready']));
    const roles = new Set(asked.map(({ role, destination }) => `${role} ${destination.name}`));
    for (const each of [
      'endpoint ordinary/headless',
      'outside-endpoint ordinary/legacy',
      'service ordinary/legacy',
      'service default/kubernetes',
      'endpoint default/kubernetes',
    ])
      expect(roles).toContain(each);
  });

  it('that want pods and have none are still found', async () => {
    const broken = ['-n', NAMESPACE, 'patch', 'service', 'sticky', '-p'];
    try {
      await bench.kubectl([...broken, '{"spec":{"selector":{"app":"gone"}}}']);
      const ended = await bench.run(['run', '--suite', 'cluster-ip'], IN_IT);
      expect(ended.report?.findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual([
        'proved service-no-endpoints',
      ]);
    } finally {
      await bench.kubectl([...broken, '{"spec":{"selector":{"app":"web"}}}']);
    }
  });
});

describe('a node whose proxy does not serve NodePorts at localhost', () => {
  const NODE = 'k3s-worker-02';
  /** Starts kube-proxy anew with other arguments, by a script for sed that reads one argument a line. */
  const again = (script: string) =>
    bench.onNode(
      NODE,
      'sh',
      '-c',
      `p=$(cat /run/netwright/kube-proxy.pid); x=$(readlink /proc/$p/exe); touch /run/netwright/hold-kube-proxy
       tr "\\0" "\\n" </proc/$p/cmdline | sed "1d;${script}" >/run/kube-proxy.args; kill $p; sleep 1
       IFS="$(printf '\\n_')"; IFS="\${IFS%_}"
       setsid "$x" $(cat /run/kube-proxy.args) >/run/kube-proxy.log 2>&1 </dev/null & echo $! >/run/kube-proxy.other`,
    );
  const back = () =>
    bench.onNode(
      NODE,
      'sh',
      '-c',
      `kill "$(cat /run/kube-proxy.other)"; sleep 1
       for f in ip ip6; do nft delete table $f kube-proxy 2>/dev/null; done
       sysctl -qw net.ipv4.conf.all.route_localnet=1; rm -f /run/netwright/hold-kube-proxy; sleep 3`,
    );

  it.each([
    ['in its mode nftables', 's/^iptables$/nftables/', "kube-proxy's mode nftables does not serve NodePorts there"],
    [
      'by its addresses',
      '\\$a--nodeport-addresses=10.0.0.0/24',
      'kube-proxy was told to serve NodePorts at 10.0.0.0/24 alone (nodePortAddresses)',
    ],
  ])('is healthy, and it is said: %s', async (_, script, why) => {
    try {
      await again(script);
      await expect
        .poll(() => bench.onNode(NODE, 'sh', '-c', 'curl -s -m 2 localhost:10249/proxyMode || true'), APPLIED)
        .toMatch(/tables/);
      const ended = await bench.run(['run', '--suite', 'node-port,cluster-ip']);
      expect(healthy(ended)).toEqual([0, 'healthy', [], []]);
      expect(notes(ended)[`NodePorts at localhost of ${NODE}`]).toContain(why);
    } finally {
      await back();
    }
  });
});
