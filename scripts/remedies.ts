import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { RunReport } from '../helpers/report/run-report.ts';
import { FAULTS } from '../lab/faults/index.ts';
import { healFaults, injectFault, reachOf } from '../lab/faults/lib/force.ts';
import { waitUntilSound } from '../lab/faults/lib/sound.ts';
import { labPaths, namespaceOf } from '../lab/paths.ts';
import { readState } from '../lab/state.ts';
import { root } from './generated/document.ts';
import { gateRun } from './lib/gate-run.ts';
import { carriedFor, notCarried, type Carried } from './lib/remedies.ts';

// Breaks a running lab in each way whose remedy a lab can carry out, does what the run says word for word, runs the
// command under "verify" as it is printed, and wants the gate to end healthy:
// node scripts/run.js remedies --name LAB [--only PATTERN] [--first-forms] [--from ID]. Exit code 1 where one does not.
// --first-forms takes one form of each fault; --from begins at a fault.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'remedies' },
    only: { type: 'string' },
    from: { type: 'string' },
    'first-forms': { type: 'boolean' },
  },
});
const lab = values.name;
const folder = await mkdtemp(join(tmpdir(), 'netwright-remedies-'));
const { kubectl, settings } = await readState(lab);

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

/** What is wrong with what the command under "verify" printed. */
function misprinted(verify: string, printed: string, { prints, never }: Carried): string[] {
  const shows = /# prints (.*?)(?: once |; then |$)/.exec(verify)?.[1];
  if (shows === undefined) return [`verify does not say what it prints: ${verify}`];
  return [
    ...(shows === 'HEALTHY' && !printed.startsWith('HEALTHY') ? ['verify does not begin with HEALTHY'] : []),
    ...(prints && !prints.test(printed.trim()) ? [`verify does not print ${prints}: ${printed}`] : []),
    ...(never?.test(printed) ? [`verify prints ${never}: ${printed}`] : []),
  ];
}

/** What is wrong with a remedy; empty where it holds. */
async function troubles(fault: string, carried: Carried): Promise<string[]> {
  const { commands = [], says } = carried;
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
  for (const pattern of commands) {
    const command = typeof pattern === 'string' ? pattern : pattern.exec(remedy)?.[0];
    if (command === undefined || !remedy.includes(command)) {
      wrong.push(`the remedy has no ${pattern}: ${remedy}`);
      continue;
    }
    const node = where.node ?? where.from;
    const { exitCode, stderr } = await shell(command.startsWith('kubectl ') ? command : `ssh ${node} '${command}'`);
    if (exitCode !== 0) wrong.push(`${command} ends with ${exitCode}: ${stderr}`);
  }
  // What a lab's injection keeps up by itself, and what no command of the remedy takes away, as a person's edit would.
  if (!says) await waitUntilSound(await reachOf(lab));
  const { exitCode, stdout: printed, stderr } = await shell(verify);
  process.stdout.write(
    `  verify   ${verify}\n  printed  ${printed.trim().split('\n').slice(0, 3).join('\n           ')}\n`,
  );
  // A count of none is what grep -c calls a failure.
  if (exitCode !== 0 && !(/# prints 0\b/.test(verify) && exitCode === 1))
    wrong.push(`verify ends with ${exitCode}: ${printed}${stderr}`);
  wrong.push(...misprinted(verify, printed, carried));
  const { report } = await gate();
  if (report?.verdict !== 'healthy')
    wrong.push(`the gate is ${report?.verdict}: ${report?.findings.map((each) => each.title).join('; ')}`);
  return wrong;
}

/** Faults by their place in the list; with --first-forms one of each code. */
const chosen = FAULTS.filter(
  ({ id, code }, index) =>
    (!values.only || new RegExp(values.only).test(id)) &&
    (!values.from || index >= FAULTS.findIndex((each) => each.id.startsWith(values.from ?? ''))) &&
    (!values['first-forms'] || FAULTS.find((each) => each.code === code)?.id === id),
);
let failed = 0;
try {
  for (const fault of chosen) {
    process.stdout.write(`${fault.id}\n`);
    const carried = carriedFor(fault);
    const reason = notCarried(fault, settings);
    if (reason !== undefined || !carried) {
      process.stdout.write(`  not run  ${reason}\n`);
      continue;
    }
    const wrong = await troubles(fault.id, carried).catch((error: unknown) => [String(error)]);
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
