import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labUp } from '../../lab/index.ts';
import { USUAL } from '../../lab/makes/settings.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, probesOf } from './bench.ts';
import { DISCOVERED, HEALTHY, judged } from './healthy.ts';

const name = 'nwhosts';
const API = '/run/netwright/kube-apiserver.pid';

let bench: LabBench;

beforeAll(async () => {
  const kit = await prepareKit({ signal: new AbortController().signal, settings: USUAL });
  await labUp({ name, topology: 'small', settings: USUAL, kit });
  bench = await LabBench.open(name);
}, 180_000);
afterAll(async () => {
  bench[Symbol.dispose]();
  await labDown(name);
}, 60_000);

describe('a sound cluster', { timeout: 180_000 }, () => {
  it('is healthy on nodes with Docker, Tailscale, a VPN, fail2ban, ufw, and addresses of all kinds', async () => {
    const script = readFileSync(fileURLToPath(new URL('ordinary-hosts.sh', import.meta.url)), 'utf8');
    for (const [index, node] of bench.status.nodes.entries())
      await bench.onNode(node.name, 'bash', '-c', script, 'ordinary-hosts.sh', String(105 + index));
    expect(judged(await bench.run(['run'], DISCOVERED))).toEqual(HEALTHY);
  });

  it('is healthy with a CoreDNS of its own chart, and its replicas are asked', async () => {
    const get = async (what: string) =>
      JSON.parse(await bench.kubectl(['-n', 'kube-system', 'get', what, '-o', 'json'])) as Record<string, unknown>;
    const labels = { 'k8s-app': 'coredns', 'app.kubernetes.io/name': 'coredns' };
    const metadata = { name: 'dns-coredns', namespace: 'kube-system', labels };
    const asChart = (object: Record<string, unknown>) => {
      const text = JSON.stringify({ ...object, metadata, status: undefined });
      return JSON.parse(text.replaceAll('"k8s-app":"kube-dns"', '"k8s-app":"coredns"')) as unknown;
    };
    const items = [asChart(await get('service/kube-dns')), asChart(await get('deployment/coredns'))];
    await bench.kubectl(['-n', 'kube-system', 'delete', 'service/kube-dns', 'deployment/coredns']);
    await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await bench.kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/dns-coredns', '--timeout=60s']);
    const ended = await bench.run(['run', '--suite', 'coredns'], DISCOVERED);
    expect(judged(ended)).toEqual(HEALTHY);
    expect(probesOf(ended, 'pass').filter(({ role }) => role === 'replica-name').length).toBeGreaterThan(0);
  });

  it('is healthy with another range of NodePorts, in which those from before are not', async () => {
    await bench.onNode(
      'k3s-master-01',
      'sh',
      '-c',
      `p=$(cat ${API}); x=$(readlink /proc/$p/exe); touch /run/netwright/hold-kube-apiserver
       tr "\\0" "\\n" </proc/$p/cmdline | sed "1d;s/^30000-32767$/20000-22000/" >/run/api.args; kill $p; sleep 2
       IFS="$(printf '\\n_')"; IFS="\${IFS%_}"
       setsid "$x" $(cat /run/api.args) >/run/api.log 2>&1 </dev/null &`,
    );
    const isReady = async () => bench.kubectl(['get', '--raw', '/readyz']).catch(() => 'not yet');
    await expect.poll(isReady, { timeout: 60_000, interval: 500 }).toBe('ok');
    const ended = await bench.run(['run', '--suite', 'node-port'], DISCOVERED);
    expect(judged(ended)).toEqual(HEALTHY);
    const ports = probesOf(ended, 'pass').flatMap(({ destination: { port } }) => port ?? []);
    expect(ports.some((port) => port >= 20_000 && port <= 22_000)).toBe(true);
  });
});
