import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { gateRun } from '../../scripts/lib/gate-run.ts';
import { LabBench } from './bench.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-calico-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A lab of two nodes for the tests of one group; Calico is built for the first of them. */
function labOf(name: string, network: string): void {
  beforeAll(async () => {
    const settings = parseMakes(`network=${network}`);
    const kit = await prepareKit({ signal: new AbortController().signal, settings });
    await labUp({ name, topology: 2, settings, kit });
  }, 900_000);
  afterAll(async () => {
    await labDown(name);
  }, 60_000);
}

async function gate(lab: string, suites = '') {
  const environment = { NETWRIGHT_HTML_REPORT: '0', ...(suites && { NETWRIGHT_SUITES: suites }) };
  const { report, printed, exitCode } = await gateRun(lab, folder, environment);
  if (!report) throw new Error(printed);
  return { report, exitCode };
}

const [FROM, TO] = ['k3s-master-01', 'k3s-worker-01'];

describe('a lab whose pods reach each other by IPIP of Calico', () => {
  const name = 'nwcalico-ipip';
  labOf(name, 'calico-ipip');

  it('is healthy', { timeout: 120_000 }, async () => {
    const { report } = await gate(name);
    expect({ verdict: report.verdict, findings: report.findings }).toEqual({ verdict: 'healthy', findings: [] });
  });

  it('has one finding, the filter in its direction, where protocol 4 is dropped', { timeout: 180_000 }, async () => {
    await injectFault(name, 'ip-protocol-filtered-in-path/one-direction', { from: FROM, to: TO });
    const { report, exitCode } = await gate(name, 'pod-to-pod,overlay');
    await healFaults(name);
    expect(exitCode).toBe(1);
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'ip-protocol-filtered-in-path',
        confidence: 'proved',
        locations: [{ from: FROM, to: TO }],
        title: expect.stringContaining('IP protocol 4'),
        remedy: expect.not.stringContaining('8472'),
      }),
    ]);
  });
});

const calicoObject = (kind: string, metadata: object, spec: object) => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata,
  spec,
});
/** As Calico's documents write a policy that denies by default, names aside. */
const DEFAULT_DENY = calicoObject(
  'GlobalNetworkPolicy',
  { name: 'default-deny' },
  {
    namespaceSelector: 'has(projectcalico.org/name) && projectcalico.org/name not in {"kube-system"}',
    types: ['Ingress', 'Egress'],
  },
);

describe('a lab whose pods reach each other by VXLAN of Calico', () => {
  const name = 'nwcalico-vxlan';
  labOf(name, 'calico-vxlan');

  it('is healthy where a policy denies by default and another lets in the ingress alone', async () => {
    using bench = await LabBench.open(name);
    const { items } = JSON.parse(await bench.kubectl(['get', 'nodes', '-o', 'json'])) as {
      items: { metadata: { annotations: Record<string, string> } }[];
    };
    const tunnels = items.map(({ metadata }) => `${metadata.annotations['projectcalico.org/IPv4VXLANTunnelAddr']}/32`);
    const rule = { action: 'Allow', source: { nets: ['10.0.0.0/24', ...tunnels] } };
    const own = calicoObject(
      'NetworkPolicy',
      { name: 'from-ingress', namespace: 'keybuzz' },
      { selector: 'all()', types: ['Ingress'], ingress: [rule] },
    );
    const objects = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [DEFAULT_DENY, own] });
    await bench.kubectl(['apply', '-f', '-'], objects);
    try {
      const { report } = await gate(name);
      expect({ verdict: report.verdict, findings: report.findings }).toEqual({ verdict: 'healthy', findings: [] });
      expect(report.holes.map(({ why }) => why).join()).toContain('Calico NetworkPolicy from-ingress');
    } finally {
      await bench.kubectl(['delete', '-f', '-'], objects);
    }
  }, 120_000);

  it('is healthy', { timeout: 120_000 }, async () => {
    const { report } = await gate(name);
    expect({ verdict: report.verdict, findings: report.findings }).toEqual({ verdict: 'healthy', findings: [] });
  });
});

// RKE2's default: flannel carries packets, and Calico keeps policies.
describe('a lab of Canal', () => {
  const name = 'nwcalico-canal';
  labOf(name, 'canal');

  it("is healthy, with flannel's tunnel looked at", { timeout: 120_000 }, async () => {
    const { report } = await gate(name);
    expect({ verdict: report.verdict, findings: report.findings }).toEqual({ verdict: 'healthy', findings: [] });
    expect(report.cluster.overlay).toBe('flannel-vxlan');
  });

  it('has one finding, that the port is filtered, where UDP 8472 is dropped', { timeout: 180_000 }, async () => {
    await injectFault(name, 'vxlan-port-filtered-in-path/all');
    const { report } = await gate(name, 'pod-to-pod,overlay');
    expect(report.findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual([
      'proved vxlan-port-filtered-in-path',
    ]);
  });
});
