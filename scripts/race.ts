import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { runProgram } from '../cli/run-program.ts';
import { onInterrupt } from '../helpers/run/interrupts.ts';
import { version } from '../helpers/version.ts';
import { labDown, labStatus, labUp, parseTopology } from '../lab/index.ts';
import { kubectlFor } from '../lab/kubectl.ts';
import { cacheRoot } from '../lab/paths.ts';
import { run } from '../lab/run-in.ts';
import { KUBERNETES_VERSION } from '../lab/setup/components.ts';
import { prepareE2e } from '../lab/setup/e2e.ts';
import { prepareKit } from '../lab/setup/index.ts';
import type { Contestant } from './lib/race/contestant.ts';
import { benchmarksDocument } from './lib/race/document.ts';
import { e2e } from './lib/race/e2e.ts';
import { importImage } from './lib/race/import-image.ts';
import { raceIn, type Place } from './lib/race/measure.ts';
import { mesh } from './lib/race/mesh.ts';
import { netwright } from './lib/race/netwright.ts';
import { timeText } from './lib/race/ratios.ts';
import { appendResult, forgetResults, readResults, type Result } from './lib/race/results.ts';
import { STATES } from './lib/race/states.ts';

const NAME = 'race-bench';
const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const CONTESTANTS: readonly Contestant[] = [netwright, mesh, e2e];

interface RaceOptions {
  topology: string;
  capMin: string;
  only?: string;
  resume?: boolean;
  documentOnly?: boolean;
}

async function writeDocument(results: readonly Result[], topology: string): Promise<void> {
  const [kernel, go] = await Promise.all([run(['uname', '-r']), run(['go', 'env', 'GOVERSION'])]);
  const text = benchmarksDocument(results, {
    machine: `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    versions: [
      `Netwright ${version()}`,
      `Kubernetes ${KUBERNETES_VERSION}`,
      `Linux ${kernel}`,
      `Node ${process.version}`,
      go,
    ],
    topology,
    titles: Object.fromEntries(CONTESTANTS.map(({ id, title }) => [id, title])),
  });
  await writeFile(DOCUMENT, text);
}

/** Measures what is not among the results yet, on one lab. */
async function race({ topology, capMin, only, resume }: RaceOptions, path: string, signal: AbortSignal): Promise<void> {
  const known = resume ? await readResults(path) : [];
  const isMeasured = new Set(known.map(({ state, contestant }) => `${state}/${contestant}`));
  const isWanted = (state: string, contestant: string): boolean =>
    !isMeasured.has(`${state}/${contestant}`) && (!only || new RegExp(only).test(`${state}/${contestant}`));
  const left = STATES.map((state) => ({ state, who: CONTESTANTS.filter(({ id }) => isWanted(state.id, id)) }));
  if (left.every(({ who }) => who.length === 0)) return;
  const [kit, tests] = [await prepareKit({ signal }), await prepareE2e(signal)];
  const folder = join(cacheRoot(), 'race');
  await mkdir(folder, { recursive: true });
  try {
    await labUp({ name: NAME, topology: parseTopology(topology), kit, signal });
    await importImage(NAME, kit, tests.imageArchive);
    const { nodes, kubeconfig } = await labStatus(NAME);
    const place: Place = {
      lab: NAME,
      kit,
      e2e: tests,
      kubeconfig,
      folder,
      signal,
      labUpAt: new Date().toISOString(),
      kubectl: kubectlFor(NAME, join(kit.binDir, 'kubectl'), signal),
      capMs: Number(capMin) * 60_000,
      nodes: nodes.map(({ name }) => name),
    };
    for (const { state, who } of left)
      if (who.length > 0)
        await raceIn(state, who, place, async (result) => {
          await appendResult(path, result);
          process.stdout.write(
            `${result.state}, ${result.contestant}: ${timeText(result)}, ${result.verdict}, ${result.text}\n`,
          );
        });
  } finally {
    await labDown(NAME);
  }
}

// node scripts/run.js race: Netwright, Kubernetes' own network tests and a mesh of kubectl exec look at one lab,
// healthy and broken in two ways; writes docs/benchmarks.md. Up to three quarters of an hour, most of it time-outs.
await runProgram(
  new Command('race')
    .description('measure Netwright against other ways to test the same symptoms, and write docs/benchmarks.md')
    .option('--topology <topology>', 'small, incident, or a number of nodes', 'small')
    .option('--cap-min <minutes>', 'how long each may take in each state', '15')
    .option('--only <pattern>', 'only these of STATE/CONTESTANT, such as dropped/ or /netwright')
    .option('--resume', 'keep what an earlier race has measured, and measure what is missing')
    .option('--document-only', 'write the document anew from what was measured')
    .action(async (options: RaceOptions) => {
      const interrupts = onInterrupt();
      const path = join(cacheRoot(), 'race', `results-${options.topology}.ndjson`);
      try {
        if (!options.resume && !options.documentOnly && !options.only) await forgetResults(path);
        if (!options.documentOnly) await race(options, path, interrupts.signal);
        const results = await readResults(path);
        if (results.length === 0) process.stderr.write(`nothing was measured yet: ${path}\n`);
        else await writeDocument(results, options.topology);
      } finally {
        interrupts.release();
      }
    }),
);
