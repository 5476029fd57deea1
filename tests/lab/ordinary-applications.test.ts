import { afterAll, beforeAll, expect, it } from 'vitest';
import { IMAGES } from '../../lab/images/index.ts';
import { LabBench, probesOf } from './bench.ts';

const NAMESPACE = 'applications';
const PORT = 8080;

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
interface App {
  /** What node runs. */
  script: string;
  port: Json;
  probe?: Json;
  /** Its host, where an Ingress leads to it. */
  host?: string;
}

const http = (body: string): string =>
  `require('node:http').createServer((q, s) => { if (q.url === '/ok') return s.end('ok'); ${body} }).listen(${PORT})`;
const speaking = (module: string, call: string): string => `require('node:${module}').${call}.listen(${PORT})`;
const OK = { httpGet: { path: '/ok', port: PORT } };
const web = (name: string, body: string, probe: Json = OK): App => ({
  script: http(body),
  port: { name: 'http', port: 80 },
  probe,
  host: `${name}.example.test`,
});

const APPS: Record<string, App> = {
  auth: web('auth', "s.writeHead(401, { 'www-authenticate': 'Basic' }).end()", {
    exec: { command: ['/usr/bin/node', '-v'] },
  }),
  login: web('login', "s.writeHead(302, { location: 'https://login.example.test/?' + Math.random() }).end()"),
  firewall: web('firewall', "s.writeHead(403).end('no')"),
  socket: web('socket', "s.writeHead(426, { upgrade: 'websocket' }).end('upgrade required')"),
  limited: web('limited', 'globalThis.n = (globalThis.n ?? 0) + 1; s.writeHead(globalThis.n > 2 ? 429 : 200).end()'),
  failing: web('failing', "s.writeHead(500).end('sorry')"),
  random: web('random', 's.end(String(Math.random()))'),
  rpc: {
    script: speaking('http2', "createServer((q, s) => s.end('2'))"),
    port: { name: 'grpc', port: 50_051, appProtocol: 'kubernetes.io/h2c' },
  },
  mute: { script: speaking('net', 'createServer(() => {})'), port: { name: 'redis', port: 6379 } },
  hasty: { script: speaking('net', 'createServer((s) => s.destroy())'), port: { name: 'amqp', port: 5672 } },
};

const named = (apiVersion: string, kind: string, name: string, spec: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});
const container = (script: string, more: Json = {}): Json => ({
  name: 'app',
  image: IMAGES.keybuzz,
  imagePullPolicy: 'IfNotPresent',
  command: ['/usr/bin/node', '-e', script],
  ...more,
});

function objectsOf([name, { script, port, probe, host }]: [string, App]): Json[] {
  const readinessProbe = { periodSeconds: 1, ...(probe ?? { tcpSocket: { port: PORT } }) };
  const template = {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container(script, { readinessProbe })] },
  };
  const backend = { service: { name, port: { number: port['port'] } } };
  return [
    named('apps/v1', 'Deployment', name, { selector: { matchLabels: { app: name } }, template }),
    named('v1', 'Service', name, { selector: { app: name }, ports: [{ targetPort: PORT, ...port }] }),
    ...(host === undefined
      ? []
      : [
          named('networking.k8s.io/v1', 'Ingress', name, {
            ingressClassName: 'nginx',
            rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
          }),
        ]),
  ];
}

/** A pod that has ended, and that the selector of a Service still covers. */
const ENDED = named('batch/v1', 'Job', 'ended', {
  template: {
    metadata: { labels: { app: 'random' } },
    spec: { restartPolicy: 'Never', containers: [container('0')] },
  },
});

it('applications of every ordinary kind are healthy, whatever they answer', async () => {
  const items = [...Object.entries(APPS).flatMap(objectsOf), ENDED];
  await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await bench.kubectl(['-n', NAMESPACE, 'wait', '--for=condition=Available', 'deployments', '--all', '--timeout=120s']);
  await bench.kubectl(['-n', NAMESPACE, 'wait', '--for=condition=Complete', 'job/ended', '--timeout=60s']);
  const ended = await bench.run(['run', '--suite', 'cluster-ip,ingress'], {
    NETWRIGHT_NAMESPACE: NAMESPACE,
    NETWRIGHT_SERVICES: '',
    NETWRIGHT_HOSTS: '',
    NETWRIGHT_HEALTH_PATH: '',
    NETWRIGHT_IDENTITY: '',
  });
  const failed = new Set(probesOf(ended, 'fail').map(({ destination, reason }) => `${destination.name}: ${reason}`));
  expect([...failed]).toEqual([]);
  expect([ended.code, ended.report?.verdict, ended.report?.findings]).toEqual([0, 'healthy', []]);
  const asked = new Set(probesOf(ended, 'pass').map(({ destination }) => destination.name));
  for (const name of Object.keys(APPS)) expect(asked).toContain(`${NAMESPACE}/${name}`);
  for (const { host } of Object.values(APPS)) if (host !== undefined) expect(asked).toContain(host);
}, 240_000);
