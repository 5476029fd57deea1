import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { diagnose } from '../helpers/diagnose/index.ts';
import { readObservations } from '../helpers/report/observations-file.ts';
import { judge } from '../lab/accuracy/judge.ts';
import { accuracyDocument, soundPartOf } from '../lab/accuracy/document.ts';
import { outcomeOf } from '../lab/accuracy/from-recorded.ts';
import { MAKES_PARTS, makesPartOf, withMakesPart } from '../lab/accuracy/makes-document.ts';
import { appendOutcome, readOutcomes, type Outcome } from '../lab/accuracy/outcome.ts';
import { readRecorded, withoutSsh, writeRecorded } from '../lab/accuracy/recorded.ts';
import { codes, runScenario } from '../lab/accuracy/run-scenario.ts';
import { scenarios, type Scenario } from '../lab/accuracy/scenarios.ts';
import { labDown, labUp } from '../lab/index.ts';
import { USUAL, type LabSettings } from '../lab/makes/settings.ts';
import { cacheRoot } from '../lab/paths.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { onInterrupt } from '../helpers/run/interrupts.ts';
import { runProgram } from '../cli/run-program.ts';
import { gateRun } from './lib/gate-run.ts';
import { measureMakes } from './lib/measure-makes.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/accuracy.md', import.meta.url));

const RECORDED = fileURLToPath(new URL('../tests/unit/diagnose/recorded', import.meta.url));

const folderOf = ({ id }: Scenario): string => id.replaceAll(/[^a-z0-9-]+/gi, '_');

interface AccuracyOptions {
  only?: string;
  labs: string;
  healthyRuns: string;
  resume?: boolean;
  documentOnly?: boolean;
  record?: boolean;
  makes?: boolean;
  soundRuns: string;
}

function lineOf(outcome: Outcome): string {
  const { faults, wrong, candidates } = judge(outcome.inForce, outcome.findings, outcome.nodes);
  const named = faults.map(({ id, naming, first }) => `${id}: ${naming}${first ? ', first' : ''}`).join('; ');
  return [
    outcome.scenario.id,
    outcome.verdict,
    named,
    wrong.length > 0 ? `WRONG ${wrong.join(', ')}` : '',
    candidates.length > 0 ? `candidates ${candidates.join(', ')}` : '',
    `${(outcome.totalMs / 1000).toFixed(1)} s, diagnosis ${(outcome.diagnosisMs / 1000).toFixed(1)} s`,
    outcome.trouble ?? '',
  ]
    .filter(Boolean)
    .join(' | ');
}

/** Takes scenarios one after the other into one lab; a lab that a scenario has ruined is made anew. */
async function work(
  lab: string,
  next: () => Scenario | undefined,
  done: (outcome: Outcome) => Promise<void>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  /** In what the lab that is up differs from the usual one. */
  let up: string | undefined;
  try {
    for (let scenario = next(); scenario && !signal.aborted; scenario = next()) {
      const { network = USUAL.network, families = USUAL.families } = scenario;
      const settings: LabSettings = { ...USUAL, network, families };
      const wanted = `${network} ${families}`;
      if (up !== wanted) {
        if (up) await labDown(lab);
        await labUp({ name: lab, topology: 'small', settings, kit: await prepareKit({ signal, settings }), signal });
      }
      up = wanted;
      try {
        await done(
          await runScenario(scenario, {
            lab,
            runGate: gateRun,
            keepIn: join(folder, 'observations', folderOf(scenario)),
          }),
        );
      } catch (error) {
        signal.throwIfAborted();
        process.stderr.write(
          `${scenario.id} could not be run: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        await labDown(lab);
        up = undefined;
      }
    }
  } finally {
    await labDown(lab);
  }
}

/** Keeps of each fault, double and kind of sound lab one set of what was observed. */
async function recordAll(known: ReadonlyMap<string, Outcome>, folder: string): Promise<void> {
  const wanted = [...known.values()].filter(
    ({ scenario: { kind, id }, trouble }) => !trouble && (kind !== 'healthy' || id.startsWith('healthy 00')),
  );
  for (const { scenario, inForce, nodes } of wanted) {
    const observations = readObservations(join(folder, 'observations', folderOf(scenario), 'observations.ndjson'));
    await writeRecorded(RECORDED, { scenario: scenario.id, inForce, nodes, observations });
  }
  process.stdout.write(`${wanted.length} sets in ${RECORDED}\n`);
}

/** What today's diagnosis says of what a run observed. */
function diagnosedAnew({ scenario, trouble }: Outcome, folder: string): Partial<Outcome> {
  if (trouble) return {};
  const observations = readObservations(join(folder, 'observations', folderOf(scenario), 'observations.ndjson'));
  return {
    findings: codes(diagnose(observations).findings),
    withoutSsh: codes(diagnose(withoutSsh(observations)).findings),
  };
}

/** Runs that were not measured on this machine, by their recorded sets. */
async function recordedBeside(known: ReadonlyMap<string, Outcome>, all: Scenario[]): Promise<Outcome[]> {
  const sets = new Map((await readRecorded(RECORDED)).map((set) => [set.scenario, set]));
  return all.flatMap((scenario) => {
    const set = known.has(scenario.id) ? undefined : sets.get(scenario.id);
    return set ? [outcomeOf(scenario, set)] : [];
  });
}

async function measure(
  { only, labs, healthyRuns, resume, documentOnly, record }: AccuracyOptions,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(cacheRoot(), 'accuracy');
  const path = join(folder, 'outcomes.ndjson');
  await mkdir(folder, { recursive: true });
  if (!resume && !only && !documentOnly && !record) await rm(path, { force: true });
  const known = await readOutcomes(path);
  const all = scenarios(Number(healthyRuns));
  if (documentOnly) for (const outcome of known.values()) Object.assign(outcome, diagnosedAnew(outcome, folder));
  if (record) {
    await recordAll(known, folder);
    return;
  }
  const queue = documentOnly
    ? []
    : all.filter(({ id }) => (!only || new RegExp(only).test(id)) && !(resume && known.has(id)));
  const count = queue.length;
  const done = async (outcome: Outcome) => {
    known.set(outcome.scenario.id, outcome);
    await appendOutcome(path, outcome);
    process.stderr.write(`${count - queue.length}/${count} ${lineOf(outcome)}\n`);
  };
  await Promise.all(
    Array.from({ length: Math.min(Number(labs), count) }, (_, index) =>
      work(`accuracy-${index + 1}`, () => queue.shift(), done, folder, signal),
    ),
  );
  if (only || signal.aborted) return;
  const before = await readFile(DOCUMENT, 'utf8');
  if (documentOnly) for (const outcome of await recordedBeside(known, all)) known.set(outcome.scenario.id, outcome);
  const outcomes = all.flatMap(({ id }) => known.get(id) ?? []);
  const written = accuracyDocument(outcomes, soundPartOf(before));
  const parts = MAKES_PARTS.flatMap((part) => makesPartOf(before, part) ?? []);
  await writeFile(DOCUMENT, parts.reduce(withMakesPart, written));
}

// npm run accuracy: runs every fault of the lab, pairs of faults and sound labs, and writes docs/accuracy.md from how
// the runs named them.
await runProgram(
  new Command('accuracy')
    .description('measure how often the diagnosis is right, and write docs/accuracy.md')
    .option('--only <pattern>', 'only scenarios whose name matches this pattern; the document is left as it is')
    .option('--labs <number>', 'labs side by side', '2')
    .option('--healthy-runs <number>', 'runs without a fault', '100')
    .option('--resume', 'go on where an earlier measurement was cut off')
    .option('--document-only', 'write the document from what was measured or recorded before, diagnosed anew')
    .option('--record', "write what was observed under each fault to the unit tests' recorded sets")
    .option('--makes', 'measure labs that differ from the usual one, and write their part of the document')
    .option('--sound-runs <number>', 'sound runs of each make and configuration', '5')
    .action(async (options: AccuracyOptions) => {
      const interrupts = onInterrupt();
      try {
        const { signal } = interrupts;
        if (options.makes)
          await measureMakes({ ...options, soundRuns: Number(options.soundRuns), document: DOCUMENT, signal });
        else await measure(options, signal);
      } finally {
        interrupts.release();
      }
    }),
);
