import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, type Ended } from './bench.ts';

const RUN = ['run', '--suite', 'coredns'];

let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(() => bench[Symbol.dispose]());

const brief = ({ report }: Ended) => [report?.verdict, ...(report?.findings ?? []).map(({ code }) => code)];

/** Runs with another resolv.conf on every node, of which new pods get their share. */
async function withResolvConf(lines: string[]): Promise<Ended> {
  const nodes = bench.status.nodes.map(({ name }) => name);
  const before = await Promise.all(nodes.map((node) => bench.onNode(node, 'cat', '/etc/resolv.conf')));
  const write = (node: string, text: string) =>
    bench.onNode(node, 'sh', '-c', `printf '%s\\n' "$0" >/etc/resolv.conf`, text.trim());
  try {
    for (const node of nodes) await write(node, lines.join('\n'));
    return await bench.run(RUN);
  } finally {
    for (const [index, node] of nodes.entries()) await write(node, before[index] ?? '');
  }
}

describe('a sound cluster', () => {
  it('whose nodes search an honest domain is healthy: nobody’s name is not there under it', async () => {
    const ended = await withResolvConf([`nameserver ${bench.status.edge.resolver}`, 'search corp.test lab.test.']);
    expect(brief(ended)).toEqual(['healthy']);
    const asked = ended.observations.filter((each) => each.type === 'probe' && each.role === 'search-domain');
    expect(asked).toHaveLength(bench.status.nodes.length * 2);
  });

  it('whose nodes search the root is healthy', async () => {
    const ended = await withResolvConf([`nameserver ${bench.status.edge.resolver}`, 'search .']);
    expect(brief(ended)).toEqual(['healthy']);
  });

  it('whose nodes have many name servers and options is healthy', async () => {
    const resolver = `nameserver ${bench.status.edge.resolver}`;
    const options = 'options ndots:1 rotate single-request-reopen edns0 trust-ad timeout:2';
    expect(brief(await withResolvConf([resolver, resolver, resolver, resolver, options]))).toEqual(['healthy']);
  });

  it('with a workload in the host network that asks the node’s resolver is healthy, and says so', async () => {
    const deployment = ['-n', 'keybuzz', 'deployment/keybuzz-api'];
    const patch = (spec: object) =>
      bench.kubectl(['patch', ...deployment, '-p', JSON.stringify({ spec: { template: { spec } } })]);
    const rolledOut = () => bench.kubectl(['rollout', 'status', ...deployment, '--timeout=90s']);
    try {
      await patch({ hostNetwork: true, dnsPolicy: 'ClusterFirst' });
      await rolledOut();
      const ended = await bench.run(RUN);
      expect(brief(ended)).toEqual(['healthy']);
      expect(ended.report?.holes.map(({ what }) => what)).toContain(
        'names of Services as keybuzz/keybuzz-api asks for them',
      );
    } finally {
      await patch({ hostNetwork: null });
      await rolledOut();
    }
  }, 240_000);
});

describe('names outside that go astray', () => {
  it.each([
    ['search-domain-answers-everything/all-nodes', 'corp.test answers any name with 203.0.113.66'],
    ['external-aaaa-refused/upstream-servfail', 'is answered SERVFAIL by 10.0.0.3'],
    ['dns-over-tcp-not-served', 'not answered over TCP'],
  ])('as by %s are named', { timeout: 180_000 }, async (id, title) => {
    try {
      await injectFault(bench.status.name, id);
      const [finding, ...others] = (await bench.run(RUN)).report?.findings ?? [];
      expect(finding).toMatchObject({
        code: id.split('/')[0],
        confidence: 'proved',
        title: expect.stringContaining(title),
      });
      expect(others).toEqual([]);
    } finally {
      await healFaults(bench.status.name);
    }
  });

  it('are named no more when all of it is healed', { timeout: 60_000 }, async () => {
    expect(brief(await bench.run(RUN))).toEqual(['healthy']);
  });
});

describe('a lab whose cluster domain is corp.local', () => {
  const name = 'nwmake-domain';
  beforeAll(async () => {
    const kit = await prepareKit({ signal: new AbortController().signal });
    await labUp({ name, topology: 2, settings: parseMakes('cluster-domain=corp.local'), kit });
  }, 300_000);
  afterAll(async () => {
    await labDown(name);
  }, 60_000);

  it('is healthy, and its names are asked in that domain', { timeout: 120_000 }, async () => {
    using own = await LabBench.open(name);
    const ended = await own.run(['run']);
    expect(brief(ended)).toEqual(['healthy']);
    const names = ended.observations.flatMap((each) =>
      each.type === 'probe' && each.role === 'service-name' && each.kind === 'dns' ? [each.asked.name] : [],
    );
    expect(names.every((each) => each.endsWith('.svc.corp.local'))).toBe(true);
  });
});
