import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import type { TopologySpec } from '../../lab/topology.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, type Ended } from './bench.ts';

const EXPIRED = { timeout: 60_000, interval: 1_000 };

function labOf(name: string, topology: TopologySpec, makes: string): () => LabBench {
  let bench: LabBench;
  beforeAll(async () => {
    const settings = parseMakes(makes);
    const kit = await prepareKit({ signal: new AbortController().signal, settings });
    await labUp({ name, topology, settings, kit });
    bench = await LabBench.open(name);
  }, 300_000);
  afterAll(async () => {
    bench[Symbol.dispose]();
    await labDown(name);
  }, 60_000);
  return () => bench;
}

const brief = ({ code, report }: Ended) => [code, report?.verdict, report?.findings.map((finding) => finding.code)];
const HEALTHY = [0, 'healthy', []];

describe('a cluster of one node', () => {
  const bench = labOf('nwmake-one', 1, '');

  it('is healthy, and what takes two nodes is skipped', async () => {
    const ended = await bench().run(['run']);
    expect(brief(ended)).toEqual(HEALTHY);
    const seen = (ended.report?.suites ?? []).filter(({ passed }) => passed > 0).map(({ name }) => name);
    expect(seen).toEqual(['pod-to-pod', 'cluster-ip', 'coredns', 'node-port', 'ingress']);
  });
});

describe('a cluster of three API servers', () => {
  const bench = labOf('nwmake-servers', 3, 'servers=3');
  const LOST = 'k3s-master-03';
  const parts = ['kube-apiserver', 'etcd'];
  const lose = () =>
    bench().onNode(
      LOST,
      'sh',
      '-c',
      parts.map((part) => `touch /run/netwright/hold-${part}; kill -9 "$(cat /run/netwright/${part}.pid)"`).join('; '),
    );
  const back = () => bench().onNode(LOST, 'rm', ...parts.map((part) => `/run/netwright/hold-${part}`));
  const servers = async () =>
    (await bench().kubectl(['get', 'endpoints', 'kubernetes', '-o', 'jsonpath={.subsets[*].addresses[*].ip}'])).split(
      ' ',
    ).length;

  it('is healthy, and each of them is asked behind the Service', async () => {
    const ended = await bench().run(['run']);
    expect(brief(ended)).toEqual(HEALTHY);
  });

  it('is healthy without one of them, and while that is lost', async () => {
    try {
      const started = bench().start(['run']);
      await started.observes(30);
      await lose();
      expect(brief(await started.ended)).toEqual(HEALTHY);
      await expect.poll(servers, EXPIRED).toBe(2);
      expect(brief(await bench().run(['run']))).toEqual(HEALTHY);
    } finally {
      await back();
    }
    await expect.poll(servers, EXPIRED).toBe(3);
  });

  it('of which one is off the network has that node alone as its cause', async () => {
    const { fabric, nodes } = bench().status;
    const { address = '' } = nodes.find(({ name }) => name === LOST) ?? {};
    const { run } = await import('../../lab/run-in.ts');
    const drops = `ip daddr ${address} drop\n ip saddr ${address} drop`;
    const rules = `table bridge lost {\n chain way {\n type filter hook forward priority 0\n ${drops}\n }\n}\n`;
    const nft = (argv: string[], input = '') =>
      run(['nsenter', `--net=/run/netns/${fabric}`, 'nft', ...argv], { stdin: 'pipe', input });
    await nft(['-f', '-'], rules);
    try {
      await expect.poll(servers, EXPIRED).toBe(2);
      const { report } = await bench().run(['run']);
      expect(report?.findings.flatMap(({ locations }) => locations.map(({ node }) => node))).toEqual([LOST]);
    } finally {
      await nft(['delete', 'table', 'bridge', 'lost']);
    }
  });
});
