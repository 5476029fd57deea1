import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { inNetns, run } from '../../lab/run-in.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { gateRun } from '../../scripts/lib/gate-run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-makes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A lab of two nodes for the tests of one group. */
function labOf(name: string, makes: string): void {
  beforeAll(async () => {
    const settings = parseMakes(makes);
    const kit = await prepareKit({ signal: new AbortController().signal, settings });
    await labUp({ name, topology: 2, settings, kit });
  }, 300_000);
  afterAll(async () => {
    await labDown(name);
  }, 60_000);
}

async function gate(lab: string, suites = ''): Promise<RunReport> {
  const environment = { NETWRIGHT_HTML_REPORT: '0', ...(suites && { NETWRIGHT_SUITES: suites }) };
  const { report, printed } = await gateRun(lab, folder, environment);
  if (!report) throw new Error(printed);
  return report;
}

const brief = ({ verdict, findings }: RunReport) => ({ verdict, findings: findings.map(({ code }) => code) });

describe('a lab at Hetzner with port 4789, identifier 7, ranges of its own and kube-proxy in its mode nftables', () => {
  const name = 'nwmake-port';
  labOf(name, 'vxlan-port=4789,vni=7,cidrs=10.244/16+10.96/12,proxy=nftables,underlay=hetzner,ingress=servicelb');

  it('is healthy, and says why no NodePort is asked at localhost', { timeout: 120_000 }, async () => {
    const report = await gate(name);
    expect(brief(report)).toEqual({ verdict: 'healthy', findings: [] });
    expect(report.symptoms.filter(({ verdict }) => verdict !== 'pass')).toEqual([
      expect.objectContaining({
        verdict: 'skipped',
        title: 'every NodePort answers at localhost on the node itself',
        text: expect.stringContaining("kube-proxy's mode nftables does not serve NodePorts there"),
      }),
    ]);
  });

  it.each(['absent', 'not-led-in'])(
    'has a finding where rules of nftables are %s',
    { timeout: 180_000 },
    async (form) => {
      await injectFault(name, `service-rules-flushed/${form}`, { node: 'k3s-worker-01' });
      const { findings } = await gate(name);
      await healFaults(name);
      expect(findings).toEqual([
        expect.objectContaining({
          code: 'service-rules-flushed',
          confidence: 'proved',
          locations: [{ node: 'k3s-worker-01' }],
        }),
      ]);
    },
  );

  it('has a finding that names 4789 where that is dropped on the wire', { timeout: 120_000 }, async () => {
    const rules =
      'table bridge by_hand {\n chain way {\n type filter hook forward priority 0\n udp dport 4789 drop\n }\n}\n';
    await run(inNetns(`${name}-fabric`, ['nft', '-f', '-']), { stdin: 'pipe', input: rules });
    // By the name that the suite once had.
    const { findings } = await gate(name, 'vxlan');
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'vxlan-port-filtered-in-path',
        confidence: 'proved',
        title: expect.stringContaining('UDP 4789'),
        remedy: expect.stringContaining('UDP 4789'),
      }),
    ]);
  });
});

describe('a lab without a tunnel, with policies that are enforced and names in corp.local', () => {
  const name = 'nwmake-gw';
  labOf(name, 'backend=host-gw,policy=kube-router,cluster-domain=corp.local,ingress=redirect');

  it('is healthy, and says why no bursts are counted', { timeout: 120_000 }, async () => {
    const report = await gate(name);
    expect(brief(report)).toEqual({ verdict: 'healthy', findings: [] });
    expect(report.symptoms.filter(({ suite }) => suite === 'overlay').map(({ verdict }) => verdict)).toEqual([
      'skipped',
      'pass',
      'pass',
    ]);
  });

  it('has a finding where a NetworkPolicy lets nobody in', { timeout: 180_000 }, async () => {
    await injectFault(name, 'network-policy-denies', {});
    const { findings } = await gate(name);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'network-policy-denies',
        confidence: 'proved',
        locations: [{ service: 'keybuzz/keybuzz-ui' }],
      }),
    ]);
  });
});

describe('a lab that forbids pods on the network of their node', () => {
  const name = 'nwmake-strict';
  labOf(name, 'admission=restricted,ingress=proxy-protocol');

  it('has no finding, and says in the words of the policy what was not looked at', { timeout: 120_000 }, async () => {
    const report = await gate(name);
    expect(brief(report)).toEqual({ verdict: 'inconclusive', findings: [] });
    expect(report.symptoms.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(report.holes).toContainEqual(
      expect.objectContaining({
        what: 'the host network of every node',
        why: expect.stringContaining('pods outside of kube-system must not use the network of their node'),
      }),
    );
  });
});
