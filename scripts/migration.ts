import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { WatchReport } from '../helpers/model/watch.ts';
import { reachOf } from '../lab/faults/lib/force.ts';
import { labStatus } from '../lab/index.ts';
import { checkMigration, migrateLab } from '../lab/migrate/index.ts';
import { inNetns } from '../lab/run-in.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { acceptanceRun, snapshotRun } from './lib/gate-run.ts';
import { apart, gapsOf, MOST_APART_MS, plainStream, type Gap, type Try } from './lib/plain-stream.ts';

// Takes a running lab of flannel through a whole switch to Calico: a snapshot, `netwright watch` with plain streams of
// other programs beside it while it is switched, and the acceptance: node scripts/run.js migration --name LAB. Exit
// code 1 where it is not accepted, or the watch and a plain stream differ by more than a second.

const { values } = parseArgs({
  options: { name: { type: 'string', default: 'migration' }, reports: { type: 'string' } },
});
const { name } = values;
const folder = values.reports ?? (await mkdtemp(join(tmpdir(), 'netwright-migration-')));
const to = 'calico-ipip';
const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const CANARY_PORT = 80;
const CALM_MS = 8_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The address of Netwright's own Service and its NodePort, which the watch asks. */
async function ownService(): Promise<{ clusterIp: string; nodePort: number }> {
  const { kubectl } = await reachOf(name);
  const { items } = JSON.parse(await kubectl(['get', 'services', '-A', '-o', 'json'])) as {
    items: { metadata: { name: string }; spec: { clusterIP: string; ports: { port: number; nodePort: number }[] } }[];
  };
  const own = items.find((each) => each.metadata.name === 'canary');
  const port = own?.spec.ports.find((each) => each.port === CANARY_PORT);
  if (!own || !port) throw new Error("Netwright's own Service is not there");
  return { clusterIp: own.spec.clusterIP, nodePort: port.nodePort };
}

async function switched(): Promise<{ report: WatchReport; plain: Map<string, Try[]> }> {
  const { nodes, runner } = await labStatus(name);
  const argv = [MAIN, 'watch', '--target', `lab:${name}`, '--json', '--reports-dir', folder];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = text(child.stdout);
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      if (/ s watching\n/.test(chunk.toString())) resolve();
    });
    child.on('close', () => resolve());
  });
  const { clusterIp, nodePort } = await ownService();
  const streams = nodes.flatMap((node) => [
    [
      `node-port/new/outside/${node.name}`,
      plainStream((command) => inNetns(runner, command), node.address, nodePort),
    ] as const,
    [
      `host-cluster-ip/new/${node.name}/canary`,
      plainStream((command) => ['nsenter', `--target=${node.pid}`, '--net', ...command], clusterIp, CANARY_PORT),
    ] as const,
  ]);
  await sleep(CALM_MS);
  const settings = { ...(await checkMigration(name)), network: to } as const;
  const kit = await prepareKit({ signal: new AbortController().signal, settings });
  await migrateLab({ name, to, kit, clean: true, onProgress: print });
  await sleep(CALM_MS);
  const plain = new Map<string, Try[]>();
  for (const [id, end] of streams) plain.set(id, await end());
  child.kill('SIGINT');
  return { report: JSON.parse(await printed) as WatchReport, plain };
}

const words = (gaps: readonly Gap[]): string =>
  gaps
    .map(({ startMs, endMs }) => `${new Date(startMs).toISOString().slice(11, 21)} for ${(endMs - startMs) / 1_000} s`)
    .join(', ') || 'none';

await snapshotRun(name, folder, join(folder, 'before.json'));
const { report, plain } = await switched();
let worstMs = 0;
print('| path | by the watch | by a plain stream | apart, s |\n| --- | --- | --- | ---: |');
for (const [id, tries] of plain) {
  const own = report.paths.find((path) => path.id === id)?.interruptions ?? [];
  const gaps = own.map(({ startedAt, durationMs }): Gap => {
    const startMs = Date.parse(startedAt);
    return { startMs, endMs: startMs + durationMs };
  });
  const beside = gapsOf(tries);
  const apartMs = apart(gaps, beside);
  worstMs = Math.max(worstMs, apartMs);
  print(`| ${id} | ${words(gaps)} | ${words(beside)} | ${(apartMs / 1_000).toFixed(1)} |`);
}
const { report: accepted, exitCode, printed } = await acceptanceRun(name, folder, to, join(folder, 'before.json'));
print(`${accepted?.acceptance?.sentence ?? printed}\nexit code ${exitCode ?? 'none'}, reports in ${folder}`);
process.exitCode = exitCode === 0 && worstMs <= MOST_APART_MS ? 0 : 1;
