import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { leastRoles } from '../../helpers/cluster/roles.ts';
import { labPaths } from '../../lab/paths.ts';
import { inNetns } from '../../lab/run-in.ts';
import { labSsh } from '../../lab/ssh.ts';
import { Authority } from '../unit/cluster/certificates.ts';
import { kubeconfigText } from '../unit/cluster/fake-api.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';

const [master, first, second] = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'] as const;
let bench: LabBench;
let authority: Authority;

beforeAll(async () => {
  bench = await LabBench.open();
  const { pki } = labPaths(bench.status.name);
  const read = (name: string) => readFileSync(join(pki, name), 'utf8');
  authority = new Authority(bench.folder, { certificate: read('ca.crt'), key: read('ca.key') });
});
afterEach(() => bench.untilGone());
afterAll(() => bench[Symbol.dispose]());

/** The variable that names a kubeconfig of a user whose certificate the cluster's own authority has signed. */
function asUser(name: string, until?: string): Record<string, string> {
  const clientCertificate = authority.issue(`/CN=${name}`, { ...(until && { until }) });
  return {
    NETWRIGHT_KUBECONFIG: bench.write(
      `kubeconfig-${name}`,
      kubeconfigText({ server: 'https://10.0.0.100:6443', ca: authority.certificate, clientCertificate }),
    ),
  };
}

/** Without what differs from one run to the next. */
const stable = (text: string): string =>
  text
    .replaceAll(bench.folder, 'DIR')
    .replaceAll(/(SHA256:)[A-Za-z0-9+/]{43}/g, '$1…')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN');
const said = ({ code, stderr }: Ended): string => `${stable(stderr)}\n=> ${code}`;

describe('a user of the cluster', () => {
  afterAll(async () => {
    const names = ['guest', 'guest-diagnosis', '--ignore-not-found'];
    await bench.kubectl(['delete', 'clusterrolebinding,clusterrole', ...names]);
    await bench.kubectl(['-n', 'kube-system', 'delete', 'rolebinding,role', 'guest-lock', '--ignore-not-found']);
  });

  it('whose certificate has expired is told when', async () => {
    expect(said(await bench.run(['run'], asUser('late', '20240229120000Z')))).toMatchInlineSnapshot(`
      "connecting
      error: the client certificate in DIR/kubeconfig-late expired on 2024-02-29T12:00:00.000Z
        on K3s: k3s certificate rotate on a server, restart it, and copy /etc/rancher/k3s/k3s.yaml again
        (client-certificate-expired)
      => 3"
    `);
  });

  it('without any right is told each verb and resource that is missing', async () => {
    expect(said(await bench.run(['run'], asUser('nobody')))).toMatchInlineSnapshot(`
      "connecting
      error: the user of the context test may not: list nodes, list services, list pods, list endpointslices.discovery.k8s.io, list ingresses.networking.k8s.io, create namespaces, delete namespaces, list namespaces, patch namespaces, create configmaps, patch configmaps, create daemonsets.apps, patch daemonsets.apps, get pods/exec, create pods/exec, create leases.coordination.k8s.io in kube-system, get leases.coordination.k8s.io in kube-system, update leases.coordination.k8s.io in kube-system, delete leases.coordination.k8s.io in kube-system
        the role that a run needs is in docs/configuration.md, Rights
        (rights-missing)
      => 3"
    `);
  });

  it('with the documented rights and no other can run, and clean up', async () => {
    const items = leastRoles({ kind: 'User', name: 'guest' }, 'guest');
    await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const ended = await bench.run(['run', '--suite', 'cluster-ip'], asUser('guest'));
    expect([ended.code, ended.report?.verdict, ended.report?.holes]).toEqual([0, 'healthy', []]);
  });
});

describe('a second run at the same time', () => {
  it('is refused with who is at work, and the first goes on to its end', async () => {
    // Long enough that the second has asked for the lock before it ends, on a machine that is busy as well.
    const one = bench.start(['run', '--profile', 'nightly']);
    await one.says('rolling out');
    const two = await bench.run(['run']);
    expect(said(two).replace(/on \S+, since \S+/, 'on HOST, since TIME')).toMatchInlineSnapshot(`
      "connecting
      error: another run is in progress on this cluster: RUN on HOST, since TIME
        wait for it; if it was killed, netwright clean removes what it left as soon as its lock has not changed for 30 s
        (run-in-progress)
      => 3"
    `);
    expect(await one.ended).toMatchObject({ code: 0, report: { verdict: 'healthy' } });
  });
});

describe('the probes', () => {
  it('whose image no node can pull are given up, with what the nodes say', async () => {
    const ended = await bench.run(['run'], { NETWRIGHT_PROBE_IMAGE: '127.0.0.1:1/probe:none' });
    expect(ended.report).toBeUndefined();
    // What a kubelet says while it waits for its next attempt differs with the moment.
    expect(said(ended).replace(/cannot be pulled: .*/, 'cannot be pulled: WHY')).toMatchInlineSnapshot(`
      "connecting
      rolling out probes on 3 nodes
      error: no probe runs on any node: the image 127.0.0.1:1/probe:none cannot be pulled: WHY
        any image with Node 20 or newer will do: NETWRIGHT_PROBE_IMAGE, NETWRIGHT_PROBE_NODE_PATH
        (no-probes)
      => 3"
    `);
    expect(ended.stderr).toMatch(/cannot be pulled: .*(connect: connection refused|Back-off pulling image)/);
  });

  it('that are to listen on a NodePort of a target are refused, with whose it is', async () => {
    expect(said(await bench.run(['run'], { NETWRIGHT_PROBE_HOST_UDP_PORT: '30080' }))).toMatchInlineSnapshot(`
      "connecting
      error: the probes cannot have port 30080 on the hosts: it is the NodePort of the Service keybuzz/keybuzz-api
        choose another by NETWRIGHT_PROBE_HOST_UDP_PORT
        (probe-port-taken)
      => 2"
    `);
  });
});

describe('SSH to nodes of which one hangs, one has another host key and one is not known', () => {
  it('lets none of it pass, names each, and everything else is observed', async () => {
    const known = readFileSync(labSsh(bench.status.name).knownHostsPath, 'utf8').split('\n');
    const strangersKey = known
      .find((line) => line.startsWith('10.0.0.100,') && line.includes('ssh-ed25519'))
      ?.split(' ')[2];
    const lines = [
      ...known.filter((line) => line.startsWith('10.0.0.100,')),
      `10.0.0.110,${first} ssh-ed25519 ${strangersKey}`,
    ];
    const sshd = (await bench.onNode(master, 'cat', '/run/netwright/sshd.pid')).trim();
    await bench.onNode(master, 'kill', '-STOP', sshd);
    try {
      const ended = await bench.run(['run', '--suite', 'node-port'], {
        NETWRIGHT_SSH_KNOWN_HOSTS: bench.write('known_hosts', `${lines.join('\n')}\n`),
      });
      const bySsh = probesOf(ended).filter(({ role }) => role === 'on-node-ssh');
      const reasons = bySsh.map(({ source, verdict, reason }) => stable(`${source.node} ${verdict}: ${reason}`));
      expect([...new Set(reasons)].toSorted()).toMatchInlineSnapshot(`
        [
          "k3s-master-01 inconclusive: SSH: SSH to 10.0.0.100: it took the connection and did not finish the handshake within 10000 ms",
          "k3s-worker-01 inconclusive: SSH: SSH to 10.0.0.110: its host key is not the one in DIR/known_hosts: it shows ssh-ed25519 SHA256:…, known is SHA256:… (line 3)",
          "k3s-worker-02 inconclusive: SSH: SSH to 10.0.0.111: its host key ssh-ed25519 SHA256:… is not in DIR/known_hosts.",
        ]
      `);
      expect([ended.code, ended.report?.verdict]).toEqual([3, 'inconclusive']);
      expect(ended.report?.symptoms.map(({ title, verdict }) => `${verdict}: ${title}`)).toMatchInlineSnapshot(`
        [
          "pass: every NodePort answers on every node when asked from outside",
          "pass: every NodePort answers on every node when asked from the other nodes",
          "inconclusive: every NodePort answers at localhost on the node itself",
        ]
      `);
    } finally {
      await bench.onNode(master, 'kill', '-CONT', sshd);
    }
  });
});

describe(
  'a cluster with a node that is not Ready, one that is cordoned, and one where another process has the probes’ ' +
    'port',
  () => {
    it('is observed where it can be, the cordoned node among it, and the holes are named', async () => {
      const squatter = inNetns(`${bench.status.name}-${master}`, [
        process.execPath,
        '-e',
        "require('node:net').createServer().listen(18377, () => console.log('listening'))",
      ]);
      const child = spawn(squatter[0] ?? '', squatter.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await new Promise((resolve) => child.stdout.once('data', resolve));
        await bench.kubectl(['cordon', first]);
        await bench.onNode(
          second,
          'sh',
          '-c',
          'touch /run/netwright/hold-kubelet; kill "$(cat /run/netwright/kubelet.pid)"',
        );
        await bench.kubectl(['wait', '--for=condition=Ready=Unknown', `node/${second}`, '--timeout=90s']);
        const ended = await bench.run(['run', '--suite', 'pod-to-pod']);
        expect(ended.stderr).toContain('rolling out probes on 2 of 3 nodes');
        expect(
          ended.report?.holes
            .filter(({ what }) => !what.includes('probes from'))
            .toSorted((a, b) => `${a.node}`.localeCompare(`${b.node}`)),
        ).toMatchInlineSnapshot(`
        [
          {
            "node": "k3s-master-01",
            "what": "the host network of k3s-master-01",
            "why": "the probe ended with code 3: port 18377/tcp is in use on this host",
          },
          {
            "node": "k3s-worker-02",
            "what": "everything from and to k3s-worker-02",
            "why": "the node is not Ready: Kubelet stopped posting node status.",
          },
        ]
      `);
        expect(probesOf(ended, 'pass').map(({ source }) => source.node)).toContain(first);
        expect(probesOf(ended, 'pass').map(({ destination }) => destination.node)).toContain(first);
        expect(probesOf(ended, 'fail')).toEqual([]);
        // Why a node is not Ready is told, once; that it is not follows.
        expect(
          ended.report?.findings.map(({ code, confidence, locations }) => ({ code, confidence, locations })),
        ).toEqual([{ code: 'kubelet-down', confidence: 'proved', locations: [{ node: second }] }]);
        expect([ended.code, ended.report?.verdict]).toEqual([1, 'unhealthy']);
        // On the dead node nothing was put, so that nothing stays there.
        expect(await bench.leftOver().then((names) => names.filter((name) => name.startsWith('pod/')))).toEqual([]);
      } finally {
        child.kill();
        await bench.onNode(second, 'rm', '-f', '/run/netwright/hold-kubelet');
        await bench.kubectl(['uncordon', first]);
        await bench.kubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=90s']);
      }
    });
  },
);
