import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readObservations } from '../helpers/report/observations-file.ts';
import { writeRecorded } from '../lab/accuracy/recorded.ts';
import { FAULTS } from '../lab/faults/index.ts';
import { healFaults, injectFault } from '../lab/faults/lib/force.ts';
import type { InForce } from '../lab/faults/lib/types.ts';
import { labStatus } from '../lab/status.ts';
import { gateRun } from './lib/gate-run.ts';
import { drawnPairs, troublesOf, type Placed } from './lib/pairs.ts';

// Puts two faults at once into a running lab, of pairs that are drawn by a seed from those that the lab's network can
// have, and wants both in the headline, each at its place, and neither under the other:
// node scripts/run.js pairs --name LAB [--seed N] [--count N] [--from N] [--only N,N] [--keep FOLDER]. What is observed
// where one does not hold is kept as a recorded set. Exit code 1 where one does not.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'pairs' },
    seed: { type: 'string', default: '11' },
    count: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
});

const { nodes: labNodes, settings } = await labStatus(values.name);
const nodes = labNodes.map(({ name }) => name);
const folder = await mkdtemp(join(tmpdir(), 'netwright-pairs-'));

/** What is wrong with one pair; empty where it holds. */
async function tried(pair: [Placed, Placed]): Promise<string[]> {
  const inForce: InForce[] = [];
  for (const { id, where } of pair) inForce.push(await injectFault(values.name, id, where));
  const { report, printed } = await gateRun(values.name, folder, { NETWRIGHT_HTML_REPORT: '0' });
  if (!report) return [`no report: ${printed.slice(-300)}`];
  const found = report.findings.map(({ code, confidence }) => `${code} (${confidence})`).join(', ');
  process.stdout.write(`  found    ${found}\n`);
  const wrong = troublesOf(inForce, report, nodes);
  if (wrong.length > 0 && values.keep)
    await writeRecorded(values.keep, {
      scenario: `drawn: ${pair.map(({ id }) => id).join(' + ')}`,
      inForce,
      nodes,
      observations: readObservations(join(folder, report.runId, 'observations.ndjson')),
    });
  return wrong;
}

const count = Number(values.count);
const chosen = values.only?.split(',').map(Number);
const networks = FAULTS.filter(
  (fault) =>
    (fault.networks?.includes(settings.network) ?? true) && (fault.families?.includes(settings.families) ?? true),
);
let failed = 0;
try {
  for (const [index, pair] of drawnPairs(networks, nodes, { seed: Number(values.seed), count }).entries()) {
    if (index < Number(values.from) || chosen?.includes(index) === false) continue;
    const words = pair.map(({ id, where }) => [id, ...Object.values(where)].join(' '));
    process.stdout.write(`${index}  ${words.join(' + ')}\n`);
    const wrong = await tried(pair).catch((error: unknown) => [`not tried: ${String(error)}`]);
    await healFaults(values.name);
    process.stdout.write(wrong.map((each) => `  WRONG    ${each}\n`).join(''));
    failed += wrong.length > 0 ? 1 : 0;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${failed} do not hold\n`);
process.exitCode = failed > 0 ? 1 : 0;
