import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunReport } from '../../helpers/report/run-report.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Runs the gate profile against a lab in a process of its own, as a user would, and reads its report from stdout. */
export async function gateRun(
  lab: string,
  reportsDir: string,
  environment: Record<string, string> = {},
): Promise<{ report?: RunReport; printed: string; exitCode?: number }> {
  const argv = [MAIN, 'run', '--target', `lab:${lab}`, '--profile', 'gate', '--json', '--reports-dir', reportsDir];
  const { stdout, stderr, exitCode } = await execa(process.execPath, argv, {
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
