import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labEnvironment, labUp } from '../../lab/index.ts';
import { inNetns, run as runProgram } from '../../lab/run-in.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { NAMESPACE } from '../../lab/workloads/keybuzz.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';

const LAB = `nwtest-bare-${process.pid}`;
const WORKER = 'k3s-worker-01';
/** The lab's nodes have no registry to get an image from; a cluster of a user's needs none of these. */
const KEPT = ['NETWRIGHT_KUBECONFIG', 'NETWRIGHT_PROBE_IMAGE', 'NETWRIGHT_PROBE_NODE_PATH'];

let bench: LabBench;
let nothingSet: Record<string, string>;

beforeAll(async () => {
  const kit = await prepareKit({ signal: new AbortController().signal });
  await labUp({ name: LAB, topology: 'small', kit });
  bench = await LabBench.open(LAB);
  await bench.kubectl(['delete', 'namespace', NAMESPACE, '--wait']);
  const names = Object.keys(await labEnvironment(LAB)).filter((name) => !KEPT.includes(name));
  nothingSet = Object.fromEntries(names.map((name) => [name, '']));
}, 300_000);
afterAll(async () => {
  bench[Symbol.dispose]();
  await labDown(LAB);
}, 60_000);

/** A run of a user who has set nothing. */
const run = (more: Record<string, string> = {}): Promise<Ended> => bench.run(['run'], { ...nothingSet, ...more });

const findingsOf = ({ report }: Ended) =>
  report?.findings.map(({ code, confidence, locations }) => [code, confidence, locations]);

const skippedOf = ({ report }: Ended): string[] =>
  (report?.symptoms ?? []).filter(({ verdict }) => verdict === 'skipped').map(({ text = '' }) => text);

/** All that a run may leave beside what every run leaves. */
const ownObjects = (): Promise<string> =>
  bench.kubectl(['get', 'services,ingresses', '-A', '-l', 'app.kubernetes.io/managed-by=netwright', '-o', 'name']);

describe('a run with nothing but a kubeconfig, on a cluster that has nothing yet', () => {
  it('is healthy, tests every suite, and skips but load balancer, SSH and a name outside', async () => {
    const ended = await run();
    expect([ended.code, ended.report?.verdict, findingsOf(ended)]).toEqual([0, 'healthy', []]);
    expect(ended.report?.suites.filter(({ passed }) => passed === 0)).toEqual([]);
    expect(new Set(skippedOf(ended))).toEqual(
      new Set([
        'no load balancer is configured, and the ingress has no address beside the nodes (NETWRIGHT_LOAD_BALANCER)',
        'SSH to the nodes is not configured (NETWRIGHT_SSH_USER)',
        'no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)',
      ]),
    );
    await bench.untilGone();
    expect(await ownObjects()).toBe('');
  });

  it('leaves the NodePorts out where they are not wanted, and says how they are had', async () => {
    const ended = await run({ NETWRIGHT_CANARY_NODEPORT: '0', NETWRIGHT_SUITES: 'node-port' });
    expect(skippedOf(ended)).toContainEqual(expect.stringContaining('NETWRIGHT_CANARY_NODEPORT'));
  });
});

/** Drops the overlay's port on the wire, between all nodes. */
const FILTER =
  'table bridge by_hand {\n chain way {\n type filter hook forward priority 0\n udp dport 8472 drop\n }\n}\n';
const onWire = (argv: string[], input = '') =>
  runProgram(inNetns(`${LAB}-fabric`, ['nft', ...argv]), { stdin: 'pipe', input });

const PROXY = '/run/netwright/kube-proxy.pid';
const HOLD = '/run/netwright/hold-kube-proxy';

describe('by its own Service alone a run names', () => {
  it('a kube-proxy that is stopped, where what it has not taken in fails on its node', async () => {
    await bench.onNode(WORKER, 'sh', '-c', `touch ${HOLD}; kill -9 "$(cat ${PROXY})"`);
    try {
      const ended = await run();
      expect(ended.report?.verdict).toBe('unhealthy');
      expect(findingsOf(ended)).toEqual([['kube-proxy-stopped', 'proved', [{ node: WORKER }]]]);
      const failed = probesOf(ended, 'fail');
      expect(failed.some(({ role }) => role === 'service')).toBe(true);
      expect(failed.every(({ source, destination }) => [source.node, destination.node].includes(WORKER))).toBe(true);
    } finally {
      await bench.onNode(WORKER, 'rm', HOLD);
    }
  });

  it("a filter of the overlay's port, which its endpoints on other nodes feel", async () => {
    await onWire(['-f', '-'], FILTER);
    try {
      const ended = await run();
      expect(findingsOf(ended)?.map(([code, confidence]) => [code, confidence])).toEqual([
        ['vxlan-port-filtered-in-path', 'proved'],
      ]);
      expect(ended.report?.suites.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual(
        expect.arrayContaining(['cluster-ip', 'coredns', 'node-port', 'ingress']),
      );
    } finally {
      await onWire(['delete', 'table', 'bridge', 'by_hand']);
    }
  });

  it('nothing once both are mended', async () => {
    const ended = await run();
    expect([ended.report?.verdict, findingsOf(ended)]).toEqual(['healthy', []]);
  });
});
