import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { LabBench, type Ended } from './bench.ts';

let bench: LabBench;
beforeAll(async () => {
  bench = await LabBench.open();
});
afterEach(async () => void (await healFaults(bench.status.name)), 180_000);
afterAll(() => bench[Symbol.dispose]());

const FIREWALLED = 'k3s-worker-01';
const REDIRECTED = 'k3s-worker-02';
const WITHOUT_SSH = { NETWRIGHT_SSH_USER: '', NETWRIGHT_SSH_KEY: '' };

/** Lines of a screen from one that begins so to the next empty one, as one text. */
function part(screen: string, start: string): string {
  const lines = screen.split('\n');
  const from = lines.findIndex((line) => line.startsWith(start));
  return lines.slice(from, lines.indexOf('', from)).join(' ').replaceAll(/\s+/g, ' ').trim();
}
const told = ({ report }: Ended) => (report?.findings ?? []).map(({ code, confidence }) => `${confidence} ${code}`);

describe('a firewall before one node, and on another a rule that redirects 443 to where nobody listens,', () => {
  const both = async () => {
    await injectFault(bench.status.name, 'firewall-inbound-deny/one-node', { node: FIREWALLED });
    await injectFault(bench.status.name, 'packet-rewritten/host-port', { node: REDIRECTED });
  };

  it('are told apart: the firewall first and proved, and no refusal follows from it', async () => {
    await both();
    const ended = await bench.run(['run']);
    expect(told(ended)[0]).toBe('proved firewall-inbound-deny');
    expect(part(ended.stdout, 'UNHEALTHY')).toMatch(
      /^UNHEALTHY \d problems: a firewall in front of k3s-worker-01 .*; .*k3s-worker-02/,
    );
    const [firewall] = ended.report?.findings ?? [];
    expect(firewall?.explains.findings).toEqual([]);
    const refused = new Set(
      ended.observations.flatMap((each) => (each.type === 'probe' && each.errorKind === 'refused' ? [each.id] : [])),
    );
    expect(firewall?.explains.observations.filter((id) => refused.has(id))).toEqual([]);
  }, 300_000);

  it('are two problems without SSH as well: the second by its place, with what to type to confirm it', async () => {
    await both();
    const ended = await bench.run(['run'], WITHOUT_SSH);
    expect(part(ended.stdout, 'UNHEALTHY')).toMatch(
      /^UNHEALTHY \d problems: a firewall in front of k3s-worker-01 .*; .*k3s-worker-02:443 refuses? https for all/,
    );
    expect(part(ended.stdout, 'Findings')).toContain(' to confirm ssh ');
  }, 300_000);
});

describe('what no cause proves', () => {
  it('is told by its place and kind, with what was looked at and is sound, and what to try first', async () => {
    await injectFault(bench.status.name, 'packet-rewritten/host-port', { node: REDIRECTED });
    const ended = await bench.run(['run'], WITHOUT_SSH);
    expect([ended.code, told(ended)]).toEqual([1, []]);
    expect(part(ended.stdout, 'UNHEALTHY')).toMatch(
      /^UNHEALTHY .*k3s-worker-02:443 refuses? https for all \d hosts \(\d+ probes\)/,
    );
    const findings = part(ended.stdout, 'Findings');
    expect(findings).toContain(' to confirm ssh ');
    expect(findings).toContain('- pods reach pods of other nodes (');
  }, 300_000);
});
