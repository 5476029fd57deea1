import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { RunReport } from '../helpers/report/run-report.ts';
import { labDown, labStatus, labUp, parseTopology } from '../lab/index.ts';
import { inNetns, run } from '../lab/run-in.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { onInterrupt } from '../helpers/run/interrupts.ts';
import { runProgram } from '../cli/run-program.ts';
import { gateRun } from './lib/gate-run.ts';

const NAME = 'nw-bench';
const DROP =
  'table bridge netwright_bench {\n chain f {\n type filter hook forward priority 0\n udp dport 8472 drop\n }\n}\n';

interface Row {
  what: string;
  wallS: number;
  report?: RunReport;
}

async function timed<T>(what: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const value = await what();
  return [value, (performance.now() - startedAt) / 1000];
}

async function gate(what: string, folder: string): Promise<Row> {
  const [{ report, printed }, wallS] = await timed(() => gateRun(NAME, folder));
  if (!report) throw new Error(`${what} gave no report: ${printed}`);
  return { what, wallS, report };
}

function line({ what, wallS, report }: Row): string {
  if (!report) return `${what.padEnd(34)} ${wallS.toFixed(1).padStart(6)} s`;
  const { counts, suites, timings, verdict } = report;
  const perSuite = (counts.execs ?? 0) / Math.max(1, suites.length) / report.cluster.nodes.length;
  return (
    `${what.padEnd(34)} ${wallS.toFixed(1).padStart(6)} s  ${verdict}, ${counts.probes} probes, ` +
    `${counts.apiCalls ?? '?'} API calls, ${counts.execs ?? '?'} execs (${perSuite.toFixed(1)} a node a suite), ` +
    `diagnosis ${timings['diagnosisMs'] ?? '?'} ms`
  );
}

async function bench(topology: string, folder: string, signal: AbortSignal): Promise<Row[]> {
  const kit = await prepareKit({ signal });
  const spec = parseTopology(topology);
  const [, upS] = await timed(() => labUp({ name: NAME, topology: spec, kit, signal }));
  const rows: Row[] = [{ what: `lab up, ${topology}`, wallS: upS }];
  try {
    rows.push(await gate('gate, healthy', folder), await gate('gate, healthy, again', folder));
    const { fabric } = await labStatus(NAME);
    await run(inNetns(fabric, ['nft', '-f', '-']), { stdin: 'pipe', input: DROP });
    rows.push(await gate('gate, UDP 8472 dropped', folder));
  } finally {
    const [, downS] = await timed(() => labDown(NAME));
    rows.push({ what: 'lab down', wallS: downS });
  }
  return rows;
}

// npm run bench: prints how long a lab and a gate run take, healthy and in the 8472 outage, and what they cost the API.
await runProgram(
  new Command('bench')
    .description('measure a lab and the gate profile on it')
    .option('--topology <topology>', 'small, incident, or a number of nodes', 'small')
    .action(async ({ topology }: { topology: string }) => {
      const interrupts = onInterrupt();
      const folder = await mkdtemp(join(tmpdir(), 'netwright-bench-'));
      try {
        const rows = await bench(topology, folder, interrupts.signal);
        process.stdout.write(`${rows.map(line).join('\n')}\n`);
      } finally {
        await rm(folder, { recursive: true, force: true });
        interrupts.release();
      }
    }),
);
