import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { RunReport } from '../helpers/report/run-report.ts';
import { healFaults, injectFault } from '../lab/faults/lib/force.ts';
import { labPaths, namespaceOf } from '../lab/paths.ts';
import { readState } from '../lab/state.ts';
import { root } from './generated/document.ts';
import { gateRun } from './lib/gate-run.ts';
import { CARRIED, type Carried } from './lib/remedies.ts';

// Breaks a running lab in each way whose remedy a lab can carry out, does what the run says word for word, runs the
// command under "verify" as it is printed, and wants the gate to end healthy:
// node scripts/run.js remedies --name LAB [--only PATTERN]. Exit code 1 where one does not.

const { values } = parseArgs({ options: { name: { type: 'string', default: 'remedies' }, only: { type: 'string' } } });
const lab = values.name;
const folder = await mkdtemp(join(tmpdir(), 'netwright-remedies-'));
const { kubectl } = await readState(lab);

/** Commands of an administrator's machine, as they are typed there: they lead to the lab. */
async function asAdministrator(): Promise<NodeJS.ProcessEnv> {
  const netwright = `${process.execPath} ${join(root, 'bin/netwright.js')}`;
  const inRunner = `nsenter --net=/run/netns/${namespaceOf(lab, 'runner')}`;
  const shims: Record<string, string> = {
    npx: `shift\nexec ${netwright} "$@"`,
    ssh: `node=$1\nshift\nexec ${netwright} lab ssh --name ${lab} "$node" -- "$@"`,
    kubectl: `exec ${inRunner} ${kubectl} "$@"`,
    curl: `exec ${inRunner} /usr/bin/curl "$@"`,
  };
  for (const [name, body] of Object.entries(shims)) {
    // What stands behind them calls commands of the same names.
    await writeFile(join(folder, name), `#!/bin/sh\nPATH=${process.env['PATH']}\n${body}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return {
    PATH: `${folder}:${process.env['PATH']}`,
    KUBECONFIG: labPaths(lab).kubeconfig,
    NETWRIGHT_REPORTS_DIR: join(folder, 'verify'),
    NETWRIGHT_HTML_REPORT: '0',
  };
}

const environment = await asAdministrator();
const shell = (command: string) => execa('bash', ['-c', command], { env: environment, reject: false });
const gate = () => gateRun(lab, join(folder, 'gate'), { NETWRIGHT_HTML_REPORT: '0' });
const first = (report: RunReport | undefined, code: string) => report?.findings.find((each) => each.code === code);

/** What is wrong with a remedy; empty where it holds. */
async function troubles({ fault, commands = [], says }: Carried): Promise<string[]> {
  const { code, where } = await injectFault(lab, fault);
  const broken = await gate();
  const finding = first(broken.report, code);
  if (finding?.confidence !== 'proved')
    return [`not proved: ${broken.report?.findings.map((each) => each.code).join()}`];
  const { remedy, verify } = finding;
  const wrong: string[] = [];
  if (where.node !== undefined && !remedy.includes(where.node)) wrong.push(`the remedy has no place: ${remedy}`);
  if (says && !says.test(remedy)) wrong.push(`the remedy does not say ${says}: ${remedy}`);
  if (says) await healFaults(lab);
  for (const command of commands) {
    if (!remedy.includes(command)) wrong.push(`the remedy has no ${command}: ${remedy}`);
    const { exitCode, stderr } = await shell(`ssh ${where.node} '${command}'`);
    if (exitCode !== 0) wrong.push(`${command} ends with ${exitCode}: ${stderr}`);
  }
  const { exitCode, stdout: printed, stderr } = await shell(verify);
  const shows = /# prints (.*?)(?: once |; then |$)/.exec(verify)?.[1];
  process.stdout.write(
    `  verify   ${verify}\n  printed  ${printed.trim().split('\n').slice(0, 3).join('\n           ')}\n`,
  );
  if (shows === undefined) wrong.push(`verify does not say what it prints: ${verify}`);
  // A count of none is what grep -c calls a failure.
  if (exitCode !== 0 && !(shows === '0' && exitCode === 1))
    wrong.push(`verify ends with ${exitCode}: ${printed}${stderr}`);
  if (shows === 'HEALTHY' && !printed.startsWith('HEALTHY')) wrong.push(`verify does not begin with HEALTHY`);
  const { report } = await gate();
  if (report?.verdict !== 'healthy')
    wrong.push(`the gate is ${report?.verdict}: ${report?.findings.map((each) => each.title).join('; ')}`);
  return wrong;
}

let failed = 0;
try {
  for (const carried of CARRIED.filter(({ fault }) => !values.only || new RegExp(values.only).test(fault))) {
    process.stdout.write(`${carried.fault}\n`);
    const wrong = await troubles(carried).catch((error: unknown) => [String(error)]);
    await healFaults(lab);
    for (const each of wrong) process.stdout.write(`  WRONG    ${each}\n`);
    if (wrong.length === 0) process.stdout.write('  holds\n');
    failed += wrong.length > 0 ? 1 : 0;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${failed} do not hold\n`);
process.exitCode = failed > 0 ? 1 : 0;
