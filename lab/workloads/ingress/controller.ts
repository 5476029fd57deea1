import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { World } from './model.ts';
import { render } from './render.ts';
import { keep, type KubernetesObject } from './watch.ts';

/** Changes that come within this time of the first are one reload. */
const SETTLE_MS = 100;
/**
 * A reload rests ten times as long as it took, so that many controllers leave a small machine to others while a
 * hundred endpoints come; no longer than ingress-nginx does (its --sync-rate-limit is 0.3 a second).
 */
const REST = { times: 10, atMostMs: 3_300 };
/** ingress-nginx's own port for health. */
const HEALTH_PORT = 10_254;
const FOLDER = '/tmp/certificates';
const CONF = '/tmp/nginx.conf';
const FALLBACK = '/etc/nginx/fallback.pem';
const OPTIONS = {
  redirects: process.env['REDIRECTS'] === '1',
  proxyProtocol: process.env['PROXY_PROTOCOL'] === '1',
};

type Kind = Exclude<keyof World, 'hasIpv6'>;

const sources: Record<Kind, string> = {
  ingresses: '/apis/networking.k8s.io/v1/ingresses',
  ingressClasses: '/apis/networking.k8s.io/v1/ingressclasses',
  services: '/api/v1/services',
  endpointSlices: '/apis/discovery.k8s.io/v1/endpointslices',
  secrets: '/api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls',
};

const world: Partial<Record<Kind, KubernetesObject[]>> = {};
const hasIpv6 = Object.values(networkInterfaces()).some((own) =>
  own?.some(({ family, internal, scopeid }) => family === 'IPv6' && !internal && scopeid === 0),
);
let nginx: ChildProcess | undefined;
let lastConf = '';
let isPending = false;
let restsUntilMs = 0;

function apply(): void {
  if (Object.keys(sources).some((kind) => world[kind as Kind] === undefined)) return;
  const { conf, certificates } = render({ ...(world as unknown as World), hasIpv6 }, FOLDER, FALLBACK, OPTIONS);
  const whole = conf + JSON.stringify(certificates);
  if (whole === lastConf) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, pem] of Object.entries(certificates)) writeFileSync(`${FOLDER}/${name}`, pem, { mode: 0o600 });
  writeFileSync(`${CONF}.new`, conf);
  const check = spawnSync('nginx', ['-t', '-q', '-c', `${CONF}.new`], { encoding: 'utf8' });
  if (check.status !== 0) {
    process.stderr.write(`the configuration was refused, the last one stays: ${check.stderr}\n`);
    return;
  }
  writeFileSync(CONF, conf);
  lastConf = whole;
  if (nginx) {
    nginx.kill('SIGHUP');
    return;
  }
  nginx = spawn('nginx', ['-c', CONF], { stdio: 'inherit' });
  nginx.on('exit', (code) => process.exit(code ?? 1));
}

function applyAndRest(): void {
  isPending = false;
  const beganMs = performance.now();
  apply();
  const nowMs = performance.now();
  restsUntilMs = nowMs + Math.min((nowMs - beganMs) * REST.times, REST.atMostMs);
}

for (const [kind, path] of Object.entries(sources)) {
  void keep(path, (objects) => {
    world[kind as Kind] = objects;
    if (isPending) return;
    isPending = true;
    setTimeout(applyAndRest, Math.max(SETTLE_MS, restsUntilMs - performance.now()));
  });
}

createServer((_, response) => {
  response.statusCode = nginx ? 200 : 503;
  response.end();
}).listen(HEALTH_PORT);

process.on('SIGTERM', () => {
  nginx?.kill('SIGTERM');
  process.exit(0);
});
