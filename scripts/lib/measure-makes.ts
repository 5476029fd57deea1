import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAKES_PARTS, makesPart, withMakesPart } from '../../lab/accuracy/makes-document.ts';
import {
  missedSymptoms,
  scenariosOf,
  skippedSymptoms,
  TRIED,
  type MakeOutcome,
  type MakeScenario,
} from '../../lab/accuracy/makes.ts';
import { runScenario } from '../../lab/accuracy/run-scenario.ts';
import { labDown, labEnvironment, labUp, parseMakes } from '../../lab/index.ts';
import { cacheRoot } from '../../lab/paths.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { gateRun } from './gate-run.ts';

const LAB = 'accuracy-makes';
/** A lab's nodes have no registry to get an image from; a user's cluster needs none of these. */
const KEPT = new Set(['NETWRIGHT_KUBECONFIG', 'NETWRIGHT_PROBE_IMAGE', 'NETWRIGHT_PROBE_NODE_PATH']);

export interface MeasureMakesOptions {
  /** Only scenarios whose name matches this pattern. */
  only?: string;
  soundRuns: number;
  /** Goes on where an earlier measurement was cut off. */
  resume?: boolean;
  /** Writes the document from what was measured before, and measures nothing. */
  documentOnly?: boolean;
  /** Path of the document. */
  document: string;
  signal: AbortSignal;
}

async function read(path: string): Promise<Map<string, MakeOutcome>> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const outcomes = lines.map((line) => JSON.parse(line) as MakeOutcome);
  return new Map(outcomes.map((outcome) => [outcome.scenario.id, outcome]));
}

async function measure(scenario: MakeScenario, folder: string): Promise<MakeOutcome> {
  const names = Object.keys(await labEnvironment(LAB)).filter((name) => !KEPT.has(name));
  const unset = scenario.configured ? {} : Object.fromEntries(names.map((name) => [name, '']));
  let skipped: string[] = [];
  const outcome = await runScenario(scenario, {
    lab: LAB,
    keepIn: join(folder, scenario.id.replaceAll(/[^a-z0-9-]+/gi, '_')),
    runGate: async (lab, reportsDir, environment) => {
      const ran = await gateRun(lab, reportsDir, { ...environment, ...unset });
      if (ran.report && scenario.kind === 'healthy') skipped = skippedSymptoms(ran.report);
      return ran;
    },
  });
  return { ...outcome, scenario, skipped };
}

const lineOf = (outcome: MakeOutcome): string => {
  const { scenario, verdict, findings, totalMs, trouble } = outcome;
  return [
    scenario.id,
    verdict,
    findings.map(({ code, confidence }) => `${code} (${confidence})`).join(', '),
    missedSymptoms(outcome).join('; '),
    `${(totalMs / 1000).toFixed(1)} s`,
    trouble ?? '',
  ]
    .filter(Boolean)
    .join(' | ');
};

/** Measures every make, one lab after the other, and writes their parts of the document. */
export async function measureMakes(options: MeasureMakesOptions): Promise<void> {
  const { only, soundRuns, resume, documentOnly, document, signal } = options;
  const folder = join(cacheRoot(), 'accuracy', 'makes');
  const path = join(folder, 'outcomes.ndjson');
  await mkdir(folder, { recursive: true });
  if (!resume && !only && !documentOnly) await rm(path, { force: true });
  const known = await read(path);
  const wanted = ({ id }: MakeScenario) =>
    (!only || new RegExp(only).test(id)) && !(resume && known.has(id)) && !documentOnly;
  for (const tried of TRIED) {
    const queue = scenariosOf(tried, soundRuns).filter(wanted);
    if (queue.length === 0 || signal.aborted) continue;
    const settings = parseMakes(tried.make);
    const kit = await prepareKit({ signal, settings });
    try {
      await labUp({ name: LAB, topology: 'small', settings, kit, signal });
      for (const scenario of queue) {
        if (signal.aborted) break;
        try {
          const outcome = await measure(scenario, folder);
          // What was cut off says nothing.
          if (signal.aborted) break;
          known.set(scenario.id, outcome);
          await appendFile(path, `${JSON.stringify(outcome)}\n`);
          process.stderr.write(`${lineOf(outcome)}\n`);
        } catch (error) {
          signal.throwIfAborted();
          const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
          process.stderr.write(`${scenario.id} could not be run: ${reason}\n`);
          // A lab that a scenario has ruined is made anew.
          await labDown(LAB);
          await labUp({ name: LAB, topology: 'small', settings, kit, signal });
        }
      }
    } finally {
      await labDown(LAB);
    }
  }
  for (const part of MAKES_PARTS) {
    const own = TRIED.filter((tried) => (tried.part ?? 'makes') === part);
    const all = own.flatMap((tried) => scenariosOf(tried, soundRuns)).flatMap(({ id }) => known.get(id) ?? []);
    // A part of which nothing was measured here stays as it is.
    if (all.length > 0)
      await writeFile(document, withMakesPart(await readFile(document, 'utf8'), makesPart(all, part)));
  }
}
