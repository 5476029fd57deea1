import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { labPaths } from '../../lab/paths.ts';
import { readState } from '../../lab/state.ts';
import { LabBench } from './bench.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

// What a cluster and its user know and nobody else may read: each has a mark, in each place from which a run reads, in
// each shape that a secret has there. None may come out of anything that a run writes, prints or sends.

let bench: LabBench;
let count = 0;
/** A mark that is found in any output, and the secret's text around it. */
const planted = (shape: (mark: string) => string): string => {
  count += 1;
  return shape(`PLANTED${count}SECRET`);
};
const bare = (mark: string): string => mark;
const inUrl = (mark: string): string => `postgres://k3s:${mark}@10.0.0.9:5432/k3s`;
const SHAPES: ((mark: string) => string)[] = [
  (mark) => `--token ${mark}`,
  (mark) => `--etcd-s3-secret-key=${mark}`,
  (mark) => `password: ${mark}`,
  (mark) => `K3S_TOKEN=${mark}`,
  (mark) => `{"client-key-data":"${mark}"}`,
  (mark) => `Authorization: Bearer ${mark}`,
  (mark) => `https://user:${mark}@registry.example/`,
  inUrl,
];
const all = (): string[] => SHAPES.map(planted);

const NODE = 'k3s-worker-01';
/** A web server whose answers and log are full of secrets: not healthy, so that its answer is worth telling. */
const server = (texts: string[]): string =>
  `const texts = ${JSON.stringify(texts)}; setInterval(() => texts.forEach((text) => console.log(text)), 1000); ` +
  `require('node:http').createServer((_, answer) => { answer.writeHead(500, { 'x-api-key': texts[0], ` +
  `'set-cookie': 'session-token=' + texts[3] }); answer.end(texts.join(' ')); }).listen(8080);`;

async function plantObjects(probeImage: string): Promise<void> {
  const labels = { app: 'leaky' };
  const annotations = { 'example.com/api-token': planted(bare), 'example.com/note': planted(inUrl) };
  const involvedObject = { kind: 'Pod', namespace: 'keybuzz', name: 'leaky', apiVersion: 'v1' };
  const now = new Date().toISOString();
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'leaky', namespace: 'keybuzz', labels, annotations },
      spec: {
        nodeName: NODE,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'leaky',
            image: probeImage,
            imagePullPolicy: 'IfNotPresent',
            command: ['/usr/bin/node', '-e', server(all())],
            env: [{ name: 'DB_PASSWORD', value: planted(bare) }],
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'leaky', namespace: 'keybuzz', annotations },
      spec: { selector: labels, ports: [{ port: 8080 }] },
    },
    ...all().map((message, index) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `leaky.${index}`, namespace: 'keybuzz' },
      involvedObject,
      type: 'Warning',
      reason: 'FailedCreatePodSandBox',
      message: `plugin type="calico" failed (add): ${message}`,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      source: { component: 'kubelet', host: NODE },
    })),
  ];
  await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await bench.kubectl(['-n', 'keybuzz', 'wait', '--for=condition=Ready', 'pod/leaky', '--timeout=60s']);
}

/** In the node's own annotations, as K3s writes its arguments there, and in files that are read over SSH. */
async function plantOnNode(): Promise<void> {
  const args = ['agent', '--token', planted(bare), '--datastore-endpoint', planted(inUrl)];
  const env = { K3S_TOKEN: planted(bare), K3S_DATASTORE_ENDPOINT: planted(inUrl) };
  await bench.kubectl([
    'annotate',
    '--overwrite',
    'node',
    NODE,
    `k3s.io/node-args=${JSON.stringify(args)}`,
    `k3s.io/node-env=${JSON.stringify(env)}`,
    `example.com/kubeadm-token=${planted(bare)}`,
  ]);
  const config = ['token', 'agent-token', 'etcd-s3-secret-key', 'datastore-endpoint'].map(
    (key) => `${key}: ${planted(bare)}`,
  );
  const conf = JSON.stringify({
    cniVersion: '1.0.0',
    name: 'leaky',
    type: 'calico',
    policy: { k8s_auth_token: planted(bare), type: 'k8s' },
    etcd_key: planted(bare),
  });
  const script =
    'mkdir -p /etc/rancher/k3s /etc/cni/net.d; printf "%s" "$1" > /etc/rancher/k3s/config.yaml; ' +
    'printf "%s" "$2" > /etc/cni/net.d/99-leaky.conf.bak';
  await bench.onNode(NODE, 'sh', '-c', script, 'sh', `${config.join('\n')}\n`, conf);
}

async function unplant(): Promise<void> {
  const leaky = ['-n', 'keybuzz', 'delete', '--ignore-not-found', '--wait=true'];
  await bench.kubectl([...leaky, 'pod/leaky', 'service/leaky', ...SHAPES.map((_, index) => `event/leaky.${index}`)]);
  const annotations = ['k3s.io/node-args-', 'k3s.io/node-env-', 'example.com/kubeadm-token-'];
  await bench.kubectl(['annotate', 'node', NODE, ...annotations]);
  await bench.onNode(NODE, 'rm', '-f', '/etc/rancher/k3s/config.yaml', '/etc/cni/net.d/99-leaky.conf.bak');
  await bench.kubectl(['-n', 'kube-system', 'patch', 'configmap', 'coredns', '--type=json', '-p', corefileBack]);
}

let corefileBack = '[]';
/** As comments and as what plugins are given. */
async function plantInCorefile(): Promise<void> {
  const json = await bench.kubectl(['-n', 'kube-system', 'get', 'configmap', 'coredns', '-o', 'json']);
  const { Corefile } = (JSON.parse(json) as { data: { Corefile: string } }).data;
  const patch = (value: string) => JSON.stringify([{ op: 'replace', path: '/data/Corefile', value }]);
  corefileBack = patch(Corefile);
  const secret = all().map((text) => `# ${text}\n`);
  await bench.kubectl([
    '-n',
    'kube-system',
    'patch',
    'configmap',
    'coredns',
    '--type=json',
    '-p',
    patch(`${secret.join('')}${Corefile}`),
  ]);
}

/** All files below a folder, what is packed unpacked. */
const filesBelow = (folder: string): [path: string, text: string][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name): [string, string][] => {
    const path = join(folder, name);
    if (!statSync(path).isFile()) return [];
    const content = readFileSync(path);
    return [[name, (name.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')]];
  });

const MARK = /PLANTED\d+SECRET/g;
const leaks = (texts: [where: string, text: string][]): string[] =>
  texts.flatMap(([where, text]) =>
    [...new Set(text.match(MARK))].map((mark) => {
      const at = text.indexOf(mark);
      return `${where}: …${text.slice(Math.max(0, at - 60), at + mark.length)}`;
    }),
  );

beforeAll(async () => {
  bench = await LabBench.open();
  const { probeImage } = await readState(bench.status.name);
  await plantObjects(probeImage);
  await plantOnNode();
  await plantInCorefile();
}, 180_000);
afterAll(async () => {
  await healFaults(bench.status.name);
  await unplant();
  bench[Symbol.dispose]();
}, 180_000);

describe('of forty secrets and more, in every place from which a run reads,', () => {
  it.each([
    ['the log of a pod', 'coredns-no-upstream', 'pod-log'],
    ['the Corefile', 'coredns-config-wrong/zone', 'corefile'],
  ])(
    'with %s read, none is in what a run writes, prints or sends, and none in a bundle',
    async (_, fault, read) => {
      await injectFault(bench.status.name, fault);
      const kubeconfig = readFileSync(labPaths(bench.status.name).kubeconfig, 'utf8');
      const user = `- name: other\n  user: { token: ${planted(bare)}, password: ${planted(bare)} }\n`;
      const own = bench.write('kubeconfig', kubeconfig.replace(/^users:\n/m, `users:\n${user}`));
      const out = join(bench.folder, 'out');
      // Nobody listens on the runner's loopback: what is said of a hook out of reach must not name it either.
      const ended = await bench.run(['run'], {
        NETWRIGHT_HTML_REPORT: '1',
        NETWRIGHT_KUBECONFIG: own,
        NETWRIGHT_SERVICES: 'keybuzz-api:8080,leaky:8080',
        NETWRIGHT_WEBHOOK: `http://127.0.0.1:9/${planted(bare)}`,
        NETWRIGHT_PING: `http://127.0.0.1:9/${planted(bare)}`,
        NETWRIGHT_METRICS_FILE: join(out, 'metrics.prom'),
        GITHUB_STEP_SUMMARY: join(bench.folder, 'step-summary.md'),
        GITHUB_ACTIONS: 'true',
        K3S_TOKEN: planted(bare),
        AWS_SECRET_ACCESS_KEY: planted(bare),
        HTTPS_PROXY: '',
      });
      expect(ended.report?.verdict).toBe('unhealthy');
      expect(count).toBeGreaterThanOrEqual(40);
      // They were read: a secret whose place nobody looks at proves nothing.
      const text = JSON.stringify(ended.observations);
      expect(['FailedCreatePodSandBox', 'keybuzz/leaky', read].filter((place) => !text.includes(place))).toEqual([]);
      await healFaults(bench.status.name);
      const run = readdirSync(bench.folder).findLast((name) => name.startsWith('run-')) ?? '';
      const [id = ''] = readdirSync(join(bench.folder, run));
      const bundled = await execa(process.execPath, [MAIN, 'bundle', join(bench.folder, run, id)], {
        cwd: bench.folder,
      });
      const archive = join(bench.folder, bundled.stdout.trim());
      const { stdout: unpacked } = await execa('tar', ['-xzOf', archive], { maxBuffer: 1e9 });
      const doctor = await bench.run(['doctor'], { NETWRIGHT_KUBECONFIG: own });
      expect(
        leaks([
          ['stdout', ended.stdout],
          ['stderr', ended.stderr],
          ['doctor', `${doctor.stdout}${doctor.stderr}`],
          ['bundle', unpacked],
          ...filesBelow(bench.folder).filter(([name]) => name !== 'kubeconfig'),
        ]),
      ).toEqual([]);
    },
    300_000,
  );
});
