import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inNetns, run } from '../../lab/run-in.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';
import { HEALTHY, judged } from './healthy.ts';

const TABLE = 'netwright_ordinary_firewall';
const BRIDGED = 'net.bridge.bridge-nf-call-iptables';
/**
 * https://docs.k3s.io/installation/requirements, inbound rules for nodes; SSH, which every operator adds; and 80 and
 * 443, where the lab's ingress controllers listen: a NodePort of one node leads to the controller of another.
 */
const TCP = '22, 80, 443, 2379-2380, 5001, 6443, 10250';
const UDP = '8472, 51820, 51821';

let bench: LabBench;

const inFabric = (argv: string[], input?: string) =>
  run(inNetns(bench.status.fabric, argv), input === undefined ? {} : { stdin: 'pipe', input });

const open = async (): Promise<void> => {
  await run(inNetns(bench.status.fabric, ['nft', 'delete', 'table', 'inet', TABLE]), { reject: false });
  await inFabric(['sysctl', '-qw', `${BRIDGED}=0`]);
};

/** A stateful firewall between the nodes, and nowhere else. */
async function between(...rules: string[]): Promise<void> {
  await open();
  const nodes = `{ ${bench.status.nodes.map(({ address }) => address).join(', ')} }`;
  const chain = [
    'ct state established,related accept',
    // Connections that are older than this firewall have no entry yet: a watch of the API would wait for its client.
    `tcp sport { ${TCP} } accept`,
    `ip saddr != ${nodes} accept`,
    `ip daddr != ${nodes} accept`,
  ];
  await inFabric(['sysctl', '-qw', `${BRIDGED}=1`]);
  await inFabric(
    ['nft', '-f', '-'],
    `table inet ${TABLE} {\n chain forward {\n type filter hook forward priority 0\n ` +
      `${[...chain, ...rules].join('\n ')}\n }\n}\n`,
  );
}

const listed = [`tcp dport { ${TCP} } accept`, `udp dport { ${UDP} } accept`, 'counter drop'];

const failedSymptoms = ({ report }: Ended) =>
  (report?.symptoms ?? []).filter(({ verdict }) => verdict === 'fail').map(({ title }) => title);

beforeAll(async () => {
  bench = await LabBench.open();
});
afterEach(open);
afterAll(() => bench[Symbol.dispose]());

describe('a firewall between the nodes', () => {
  it('that lets in just the ports of the documentation of K3s is healthy, and what is closed is said', async () => {
    await between(...listed);
    const ended = await bench.run(['run']);
    expect(failedSymptoms(ended)).toEqual([]);
    expect(judged(ended)).toEqual(HEALTHY);
    expect(probesOf(ended, 'evidence').map(({ role }) => role)).toContain('control-udp');
    const tcp = ended.report?.symptoms.find(({ title }) => title === 'TCP passes between nodes');
    expect(tcp).toMatchObject({ verdict: 'skipped', text: expect.stringContaining('TCP 18377') });
  });

  it("that closes the overlay's port as well is proved, and opening that port alone ends green", async () => {
    const worker = bench.status.nodes.find(({ name }) => name === 'k3s-worker-02');
    await between(`ip daddr ${worker?.address} udp dport 8472 drop`, ...listed);
    const { code, report } = await bench.run(['run']);
    expect([code, report?.verdict]).toEqual([1, 'unhealthy']);
    const proved = (report?.findings ?? []).filter(({ confidence }) => confidence === 'proved');
    expect(proved.map(({ locations }) => locations)).toEqual([
      [
        { from: 'k3s-master-01', to: 'k3s-worker-02' },
        { from: 'k3s-worker-01', to: 'k3s-worker-02' },
      ],
    ]);
    expect(report?.unexplained).toEqual([]);
    await between(...listed);
    expect(judged(await bench.run(['run']))).toEqual(HEALTHY);
  });

  it('that closes a port of Netwright alone is healthy', async () => {
    await between('tcp dport 18377 drop', 'udp dport 18377 drop');
    expect(judged(await bench.run(['run']))).toEqual(HEALTHY);
  });
});
