import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateRun } from '../../scripts/lib/gate-run.ts';
import { judge } from '../../lab/accuracy/judge.ts';
import { runScenario } from '../../lab/accuracy/run-scenario.ts';
import { scenarios } from '../../lab/accuracy/scenarios.ts';

// A few of what npm run accuracy measures: causes of several layers, the rivals of a filtered port among them, and
// two at once.
const CHOSEN = [
  'vxlan-bad-udp-checksum/one-pair',
  'coredns-replica-dead',
  'masking: vxlan-port-filtered-in-path/all + service-target-port-wrong/number',
];

const lab = process.env['NETWRIGHT_TEST_LAB'] as string;
const all = scenarios(0);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-accuracy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a run on a lab in which is really in force', () => {
  it.each(CHOSEN)('%s: proves it, at its place, and nothing else', async (id) => {
    const scenario = all.find((each) => each.id === id);
    if (!scenario) throw new Error(`there is no scenario ${id}`);
    const { inForce, findings, nodes, trouble } = await runScenario(scenario, { lab, runGate: gateRun });
    const judged = judge(inForce, findings, nodes);
    expect({ trouble, named: judged.faults.map(({ naming }) => naming), wrong: judged.wrong }).toEqual({
      trouble: undefined,
      named: inForce.map(() => 'proved'),
      wrong: [],
    });
  });
});
