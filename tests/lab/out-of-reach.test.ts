import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { inNetns, run } from '../../lab/run-in.ts';
import { LabBench, probesOf } from './bench.ts';
import { DISCOVERED, HEALTHY, judged } from './healthy.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] ?? '';
const RUN_TIMEOUT_MS = 180_000;
const WITHOUT_SSH = { NETWRIGHT_SSH_USER: '', NETWRIGHT_SSH_KEY: '', NETWRIGHT_SSH_KNOWN_HOSTS: '' };
const BY_NAME = { NETWRIGHT_INGRESS_NODEPORT_HTTP: '', NETWRIGHT_INGRESS_NODEPORT_HTTPS: '' };

let bench: LabBench;
beforeAll(async () => {
  bench = await LabBench.open(lab);
});
afterAll(() => bench[Symbol.dispose]());

const runner = (argv: string[], input?: string) =>
  run(inNetns(bench.status.runner, argv), input === undefined ? {} : { stdin: 'pipe', input });

/** Of the nodes, where Netwright runs, these TCP ports alone are to be reached, besides the API server. */
async function reachOnly(ports: number[]): Promise<void> {
  const nodes = bench.status.nodes.map(({ address }) => address).join(', ');
  const rules = [
    `ip daddr { ${nodes} } tcp dport { ${[6443, ...ports].join(', ')} } accept`,
    `ip daddr { ${nodes} } drop`,
  ];
  await runner(
    ['nft', '-f', '-'],
    `table inet away {\n chain out {\n type filter hook output priority 0\n ${rules.join('\n ')}\n }\n}\n`,
  );
}
afterEach(async () => {
  await runner(['nft', 'delete', 'table', 'inet', 'away']);
  await healFaults(lab);
}, 120_000);

describe('Netwright where no way leads to the nodes', () => {
  it(
    'calls a sound cluster healthy, asks the ingress from other nodes, and says so',
    async () => {
      await reachOnly([]);
      const ended = await bench.run(['run'], WITHOUT_SSH);
      expect(judged(ended)).toEqual(HEALTHY);
      const workers = probesOf(ended).filter(({ role }) => role === 'worker');
      expect(new Set(workers.map(({ source, verdict }) => `${source.network} ${verdict}`))).toEqual(
        new Set(['host pass']),
      );
      expect(ended.report?.holes.map(({ what }) => what)).toContain('the nodes as they are seen from outside');
    },
    RUN_TIMEOUT_MS,
  );

  it(
    'sees an ingress that has no answer, as from everywhere',
    async () => {
      await reachOnly([]);
      await injectFault(lab, 'ingress-backend-missing/service');
      const ended = await bench.run(['run', '--suite', 'ingress'], WITHOUT_SSH);
      expect(ended.report?.findings.map(({ code, confidence }) => [code, confidence])).toEqual([
        ['ingress-backend-missing', 'proved'],
      ]);
    },
    RUN_TIMEOUT_MS,
  );
});

it(
  'NodePorts that a firewall keeps from outside are no symptom where nobody has asked for them',
  async () => {
    await reachOnly([22, 80, 443]);
    const ended = await bench.run(['run', '--suite', 'ingress'], { ...DISCOVERED, ...WITHOUT_SSH, ...BY_NAME });
    expect(judged(ended)).toEqual(HEALTHY);
  },
  RUN_TIMEOUT_MS,
);
