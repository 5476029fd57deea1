import { parseArgs } from 'node:util';
import { judge, placeIsRight } from '../lab/accuracy/judge.ts';
import type { Outcome } from '../lab/accuracy/outcome.ts';
import { runScenario } from '../lab/accuracy/run-scenario.ts';
import type { Scenario } from '../lab/accuracy/scenarios.ts';
import { labDown, labUp, parseMakes } from '../lab/index.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { gateRun } from './lib/gate-run.ts';

// Brings light labs of growing sizes up, and runs the gate on each: sound, with one bad node, and with one bad
// direction between two nodes: node scripts/run.js scale [--nodes 10,40]. Exit code 1 where a sound lab is not healthy,
// or a fault is not named at its place and first. Minutes; of nothing else on the machine, since it measures times.

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '10,40' } } });

/** A node, and two nodes, in the middle of the lab. */
function scenariosOf(nodes: number): Scenario[] {
  const worker = (offset: number) => `k3s-worker-${String(Math.floor(nodes / 2) + offset).padStart(2, '0')}`;
  const scenario = (id: string, faults: Scenario['faults']): Scenario => ({
    id,
    kind: faults.length > 0 ? 'single' : 'healthy',
    faults,
    unrest: 'none',
  });
  return [
    scenario('sound', []),
    scenario('one bad node', [{ id: 'host-firewall-drops-vxlan/one-node', where: { node: worker(0) } }]),
    scenario('one bad direction of one pair', [
      { id: 'vxlan-port-filtered-in-path/one-direction', where: { from: worker(0), to: worker(1) } },
    ]),
  ];
}

/** What is wrong with what a run said; empty where it is right. */
function wrongIn({ scenario, inForce, nodes, verdict, findings, trouble }: Outcome): string {
  if (trouble !== undefined) return trouble.slice(-300);
  if (scenario.faults.length === 0) return verdict === 'healthy' ? '' : `a sound lab is ${verdict}`;
  const { faults, wrong } = judge(inForce, findings, nodes);
  const named = faults.every(({ naming, first }) => naming === 'proved' && first);
  if (!named || wrong.length > 0) return findings.map(({ code, confidence }) => `${code} (${confidence})`).join(', ');
  const [fault] = inForce;
  const own = findings.find(({ code }) => code === fault?.code);
  return fault && own && placeIsRight(fault, own.locations, nodes) ? '' : 'named at another place';
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;

let failed = 0;
process.stdout.write(
  '| nodes | lab up | what | verdict | the run took | |\n| ---: | ---: | --- | --- | ---: | --- |\n',
);
for (const nodes of values.nodes.split(',').map(Number)) {
  const lab = `nwscale-${nodes}`;
  const settings = parseMakes('nodes=light');
  const kit = await prepareKit({ signal: new AbortController().signal, settings });
  const startedAt = performance.now();
  try {
    await labUp({ name: lab, topology: nodes, settings, kit });
    const up = performance.now() - startedAt;
    for (const scenario of scenariosOf(nodes)) {
      const outcome = await runScenario(scenario, { lab, runGate: gateRun });
      const wrong = wrongIn(outcome);
      const cells = [nodes, seconds(up), scenario.id, outcome.verdict, seconds(outcome.totalMs), wrong || 'right'];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
      failed += wrong === '' ? 0 : 1;
    }
  } finally {
    await labDown(lab);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
