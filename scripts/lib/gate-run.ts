import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunReport } from '../../helpers/report/run-report.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** What came of a run: its report where it printed one, what it printed else, and its exit code. */
export interface LabRun {
  report?: RunReport;
  printed: string;
  exitCode?: number;
}

async function run(argv: string[], environment: Record<string, string>): Promise<LabRun> {
  const { stdout, stderr, exitCode } = await execa(process.execPath, [MAIN, ...argv], {
    reject: false,
    stdin: 'ignore',
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return { report: JSON.parse(stdout) as RunReport, printed: stderr, exitCode };
  } catch {
    return { printed: `${stdout}${stderr}`, exitCode };
  }
}

const runOf = (lab: string, profile: string, reportsDir: string): string[] => [
  'run',
  '--target',
  `lab:${lab}`,
  '--profile',
  profile,
  '--json',
  '--reports-dir',
  reportsDir,
];

/** Runs the gate profile against a lab in a process of its own, as a user would, and reads its report from stdout. */
export const gateRun = (lab: string, reportsDir: string, environment: Record<string, string> = {}): Promise<LabRun> =>
  run(runOf(lab, 'gate', reportsDir), environment);

/** The acceptance of a lab after a change to a network, held against a snapshot from before. */
export const acceptanceRun = (lab: string, reportsDir: string, network: string, before: string): Promise<LabRun> =>
  run([...runOf(lab, 'acceptance', reportsDir), '--before', before], {
    NETWRIGHT_HTML_REPORT: '0',
    NETWRIGHT_ACCEPT_NETWORK: network,
  });

/** Writes a snapshot of a lab. Throws what the program said where it did not. */
export async function snapshotRun(lab: string, reportsDir: string, path: string): Promise<void> {
  const { exitCode, printed } = await run(['snapshot', '--target', `lab:${lab}`, '--out', path], {
    NETWRIGHT_HTML_REPORT: '0',
    NETWRIGHT_REPORTS_DIR: reportsDir,
  });
  if (exitCode !== 0) throw new Error(printed);
}
