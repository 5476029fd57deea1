import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { loadConfig } from '../../helpers/config/load.ts';
import { ExitCode } from '../../helpers/errors.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import type { Check } from '../../helpers/run/doctor/check.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';

interface DoctorOptions {
  target?: string;
  json?: boolean;
  inRunner?: boolean;
}

const WORDS = { ok: 'ok', lack: 'lacks', block: 'BLOCKS', unknown: '?' } as const;
const COLOURS = { ok: 'green', lack: 'yellow', block: 'red', unknown: 'yellow' } as const;

function textOf(checks: readonly Check[]): string {
  const paint = (state: Check['state'], text: string) => styleText(COLOURS[state], text, { stream: process.stdout });
  const lines = checks.flatMap(({ name, state, text, cost, hint }) => [
    `${paint(state, WORDS[state].padEnd(6))}  ${name}: ${text}`,
    ...(cost === undefined ? [] : [`        costs: ${cost}`]),
    ...(hint === undefined ? [] : [`        to mend: ${hint}`]),
  ]);
  const count = (state: Check['state']) => checks.filter((check) => check.state === state).length;
  const [blocks, lacks, unknown] = [count('block'), count('lack'), count('unknown')];
  const end =
    blocks > 0
      ? 'a run would not begin'
      : lacks + unknown > 0
        ? `a run can begin; ${lacks} lacking, ${unknown} not told`
        : 'a run can begin, and lacks nothing';
  return `${lines.join('\n')}\n\n${end}\n`;
}

/** `netwright doctor`: what a run would find ready, before anything is run. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look, in three seconds, at what a run needs, and say what each lack costs; nothing is written')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .option('--json', 'print the checks as JSON')
    .addOption(new Option('--in-runner').hideHelp())
    .action(async ({ target, json, inRunner }: DoctorOptions) => {
      const lab = labNameOf(target ?? process.env['NETWRIGHT_TARGET']);
      if (lab !== undefined && !inRunner) {
        process.exitCode = await runInsideLab(lab, ['doctor', '--in-runner', ...(json ? ['--json'] : [])]);
        return;
      }
      const interrupts = onInterrupt();
      const { examine } = await import('../../helpers/run/doctor/doctor.ts');
      try {
        const config = loadConfig({
          env: process.env,
          cwd: process.cwd(),
          ...(inRunner && { envFile: '/dev/null' }),
          overrides: { NETWRIGHT_TARGET: target },
        });
        const checks = await examine(config, interrupts.signal);
        process.stdout.write(json ? `${JSON.stringify(checks, undefined, 2)}\n` : textOf(checks));
        process.exitCode = checks.some(({ state }) => state === 'block') ? ExitCode.inconclusive : ExitCode.healthy;
      } finally {
        interrupts.release();
      }
    });
}
