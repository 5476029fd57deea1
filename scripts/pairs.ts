import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { problemsOf } from '../helpers/report/problems.ts';
import type { RunReport } from '../helpers/report/run-report.ts';
import { FAULTS } from '../lab/faults/index.ts';
import { healFaults, injectFault } from '../lab/faults/lib/force.ts';
import { gateRun } from './lib/gate-run.ts';

// Puts two faults at once into a running lab, of pairs that are drawn by a seed, and wants both in the headline and
// neither under the other: node scripts/run.js pairs --name LAB [--seed N] [--count N] [--from N]. Exit code 1 where
// one pair does not hold. Two faults of which one hides the other cannot hold; the list is for a person to read.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'pairs' },
    seed: { type: 'string', default: '11' },
    count: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
  },
});

/** A linear congruential generator (Numerical Recipes): the same pairs from the same seed, everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Pairs of faults with different causes; no pair twice. */
function drawn(seed: number, count: number): [string, string][] {
  const next = numbers(seed);
  const pairs = new Map<string, [string, string]>();
  while (pairs.size < count) {
    const [one, other] = [FAULTS[next(FAULTS.length)], FAULTS[next(FAULTS.length)]];
    if (one && other && one.code !== other.code) pairs.set([one.id, other.id].toSorted().join(' '), [one.id, other.id]);
  }
  return [...pairs.values()];
}

/** What is wrong with what a run says of faults in force; empty where it holds. */
function troubles(codes: readonly string[], { findings, unexplainedGroups }: RunReport): string[] {
  const told = problemsOf({ findings, unexplainedGroups }).flatMap((problem) =>
    problem.kind === 'unexplained' ? [] : problem.findings.map(({ code }) => code),
  );
  const folded = findings.flatMap(({ code, explains }) => explains.findings.map((each) => ({ code, each })));
  return codes
    .filter((code) => !told.includes(code))
    .map((code) => {
      const under = folded.find(({ each }) => each === code);
      return under ? `${code} is folded under ${under.code}` : `${code} is not in the headline`;
    });
}

const folder = await mkdtemp(join(tmpdir(), 'netwright-pairs-'));
let failed = 0;
try {
  for (const pair of drawn(Number(values.seed), Number(values.count)).slice(Number(values.from))) {
    process.stdout.write(`${pair.join(' + ')}\n`);
    try {
      const inForce = [];
      for (const id of pair) inForce.push(await injectFault(values.name, id));
      const { report, printed } = await gateRun(values.name, folder, { NETWRIGHT_HTML_REPORT: '0' });
      const wrong = report
        ? troubles(
            inForce.map(({ code }) => code),
            report,
          )
        : [`no report: ${printed.slice(-300)}`];
      const proved = report?.findings.map(({ code, confidence }) => `${code} (${confidence})`).join(', ') ?? '';
      process.stdout.write(`  found    ${proved}\n${wrong.map((each) => `  WRONG    ${each}\n`).join('')}`);
      failed += wrong.length > 0 ? 1 : 0;
    } catch (error) {
      process.stdout.write(`  not tried: ${String(error)}\n`);
    } finally {
      await healFaults(values.name);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${failed} do not hold\n`);
process.exitCode = failed > 0 ? 1 : 0;
