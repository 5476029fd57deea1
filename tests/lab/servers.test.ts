import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, type Ended } from './bench.ts';

const LAB = 'nwmake-servers';
/** The API server's Service forgets one that is lost after 15 s (lease endpoint reconciler, its TTL). */
const EXPIRED = { timeout: 60_000, interval: 500 };
const PARTS = ['kube-apiserver', 'etcd'];

let bench: LabBench;
let lost: string;
beforeAll(async () => {
  const settings = parseMakes('servers=3,node-names=long');
  const kit = await prepareKit({ signal: new AbortController().signal, settings });
  await labUp({ name: LAB, topology: 3, settings, kit });
  bench = await LabBench.open(LAB);
  lost = bench.status.nodes.at(-1)?.name ?? '';
}, 300_000);
afterAll(async () => {
  bench[Symbol.dispose]();
  await labDown(LAB);
}, 60_000);

const brief = ({ code, report }: Ended) => [code, report?.verdict, report?.findings.map((finding) => finding.code)];
const HEALTHY = [0, 'healthy', []];
const END = PARTS.map((part) => `touch /run/netwright/hold-${part}; kill -9 "$(cat /run/netwright/${part}.pid)"`);
const servers = async () =>
  (await bench.kubectl(['get', 'endpoints', 'kubernetes', '-o', 'jsonpath={.subsets[*].addresses[*].ip}'])).split(' ');

describe('a cluster of three API servers, whose nodes have names of 63 characters', () => {
  it('is healthy while one of them ends, and without it', async () => {
    expect(lost.length).toBe(63);
    const started = bench.start(['run']);
    await started.observes(30);
    await bench.onNode(lost, 'sh', '-c', END.join('; '));
    expect(brief(await started.ended)).toEqual(HEALTHY);
    await expect.poll(async () => (await servers()).length, EXPIRED).toBe(2);
    expect(brief(await bench.run(['run']))).toEqual(HEALTHY);
  });
});
