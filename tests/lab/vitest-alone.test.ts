import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inNetns, run } from '../../lab/run-in.ts';
import { LabBench } from './bench.ts';

const nft = (...argv: string[]) => run(inNetns(bench.status.fabric, ['nft', ...argv]));
let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterEach(async () => {
  await nft('delete', 'table', 'bridge', 'by_hand').catch(() => {});
  await bench.untilGone();
});
afterAll(() => bench[Symbol.dispose]());

const env = { NETWRIGHT_HTML_REPORT: '0' };
const foundBy = ({ report }: Awaited<ReturnType<LabBench['run']>>) =>
  report?.findings.map(({ code, confidence, locations }) => ({ code, confidence, places: locations.length }));

describe('vitest started by itself', () => {
  it('on a cluster whose UDP 8472 is dropped names the cause that the command names, and ends as it does', async () => {
    await nft('add', 'table', 'bridge', 'by_hand');
    await nft('add', 'chain', 'bridge', 'by_hand', 'way', '{ type filter hook forward priority 0; }');
    await nft('add', 'rule', 'bridge', 'by_hand', 'way', 'udp', 'dport', '8472', 'drop');
    const alone = await bench.startVitest([], env).ended;
    const driven = await bench.run(['run'], env);
    expect({ code: alone.code, verdict: alone.report?.verdict, found: foundBy(alone) }).toEqual({
      code: 1,
      verdict: 'unhealthy',
      found: [{ code: 'vxlan-port-filtered-in-path', confidence: 'proved', places: 6 }],
    });
    expect([driven.code, driven.report?.verdict, foundBy(driven)]).toEqual([
      alone.code,
      alone.report?.verdict,
      foundBy(alone),
    ]);
    expect(alone.stdout).toContain('vxlan-port-filtered-in-path');
  });

  it('with a filter runs that suite alone, and a sound cluster is healthy', async () => {
    const { code, report } = await bench.startVitest(['coredns'], env).ended;
    expect([code, report?.verdict, report?.suites.map(({ name }) => name)]).toEqual([0, 'healthy', ['coredns']]);
  });

  it('and interrupted reports what had been observed, cleans up and ends with 130', async () => {
    const started = bench.startVitest([], env);
    await started.observes(1);
    started.kill('SIGINT', 'group');
    const { code, report } = await started.ended;
    expect([code, report?.verdict, report?.holes[0]?.why]).toEqual([130, 'inconclusive', 'the run was interrupted']);
  });
});
