import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { labStatus } from '../lab/index.ts';
import { HALF_WAY, type HalfWay } from '../lab/migrate/half-way.ts';
import { checkMigration, migrateBack, migrateLab } from '../lab/migrate/index.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { acceptanceRun, snapshotRun } from './lib/gate-run.ts';
import { NAMED, troublesOf, type Named } from './lib/half-way.ts';

// Takes a running lab of flannel to each half-way state of a switch to Calico, and back, and wants the acceptance not
// to accept it and to name the state: node scripts/run.js half-way --name LAB [--only PATTERN]. Exit code 1 where a
// state is accepted, not named, or called by another's name. Two minutes a state on two cores.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'half-way' },
    only: { type: 'string' },
    reports: { type: 'string' },
  },
});
const name = values.name;
const folder = values.reports ?? (await mkdtemp(join(tmpdir(), 'netwright-half-way-')));
const before = join(folder, 'before.json');
const to = 'calico-ipip';
const settings = { ...(await checkMigration(name)), network: to } as const;
const kit = await prepareKit({ signal: new AbortController().signal, settings });
const { nodes } = await labStatus(name);
const onProgress = (): void => {};

interface Row {
  state: string;
  sentence: string;
  proved: string[];
  wrong: string[];
  remedy: string;
}

async function tried(state: HalfWay, named: Named): Promise<Row> {
  try {
    await migrateLab({ name, to, kit, state, clean: !named.keepsFlannel, onProgress });
    const run = await acceptanceRun(name, join(folder, state.name), to, before);
    const findings = run.report?.findings ?? [];
    return {
      state: state.name,
      sentence: run.report?.acceptance?.sentence ?? 'no answer',
      proved: findings.filter(({ confidence }) => confidence === 'proved').map(({ code }) => code),
      wrong: troublesOf(run, named, nodes),
      remedy: findings.find(({ code }) => code === named.code)?.remedy ?? '',
    };
  } finally {
    await migrateBack(name, onProgress);
  }
}

const print = ({ state, sentence, proved, wrong, remedy }: Row): void => {
  process.stdout.write(`| ${state} | ${sentence} | ${proved.join(', ')} | ${wrong.length > 0 ? 'WRONG' : 'named'} |\n`);
  for (const each of wrong) process.stdout.write(`  WRONG   ${each}\n`);
  if (remedy !== '') process.stdout.write(`  remedy  ${remedy}\n`);
};

let failed = 0;
try {
  await snapshotRun(name, folder, before);
  process.stdout.write('| state | answer | proved | |\n| --- | --- | --- | --- |\n');
  for (const state of HALF_WAY.filter((each) => !values.only || new RegExp(values.only).test(each.name))) {
    const named = NAMED[state.name];
    if (!named) throw new Error(`nobody says what names the state ${state.name}`);
    const row = await tried(state, named).catch((error: unknown): Row => ({
      state: state.name,
      sentence: 'no answer',
      proved: [],
      wrong: [error instanceof Error ? error.message : String(error)],
      remedy: '',
    }));
    print(row);
    failed += row.wrong.length > 0 ? 1 : 0;
  }
} finally {
  if (values.reports === undefined) await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${failed} are not named\n`);
process.exitCode = failed > 0 ? 1 : 0;
