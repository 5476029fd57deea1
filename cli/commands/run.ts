import { Command, Option } from 'commander';
import { PROFILES } from '../../helpers/config/variables.ts';
import { SUITES } from '../../helpers/model/suites.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';

interface RunOptions {
  target?: string;
  profile?: string;
  suite?: string;
  nodes?: string;
  reportsDir?: string;
  json?: boolean;
  inRunner?: boolean;
}

/** `netwright run`: the suites against a cluster, the diagnosis, the reports, the exit code. */
export function runCommand(): Command {
  return new Command('run')
    .description('run the suites against a cluster and say what was found')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .addOption(new Option('--profile <profile>', 'how thorough').choices([...PROFILES]))
    .option('--suite <names>', `only these suites, separated by commas: ${SUITES.join(', ')}`)
    .option('--nodes <nodes>', 'only these nodes: names, !name, or a label selector')
    .option('--reports-dir <folder>', 'where the report is written')
    .option('--json', 'print report.json in place of the summary')
    .addOption(new Option('--in-runner').hideHelp())
    .action(async (options: RunOptions) => {
      const lab = labNameOf(options.target ?? process.env['NETWRIGHT_TARGET']);
      if (lab !== undefined && !options.inRunner) {
        process.exitCode = await runInsideLab(lab, ['run', '--in-runner', ...argumentsOf(options)]);
        return;
      }
      const interrupts = onInterrupt();
      // Loaded here: the Kubernetes client and vitest take half a second that `netwright lab status` need not wait for.
      const { runAndReport } = await import('../run-and-report.ts');
      try {
        process.exitCode = await runAndReport({
          json: options.json === true,
          signal: interrupts.signal,
          // A lab brings its whole configuration along; a .env beside it is about another cluster.
          ...(options.inRunner && { envFile: '/dev/null' }),
          overrides: {
            NETWRIGHT_TARGET: options.target,
            NETWRIGHT_PROFILE: options.profile,
            NETWRIGHT_SUITES: options.suite,
            NETWRIGHT_NODES: options.nodes,
            NETWRIGHT_REPORTS_DIR: options.reportsDir,
          },
        });
      } finally {
        interrupts.release();
      }
    });
}

function argumentsOf({ profile, suite, nodes, reportsDir, json }: RunOptions): string[] {
  return [
    ...(profile ? ['--profile', profile] : []),
    ...(suite ? ['--suite', suite] : []),
    ...(nodes ? ['--nodes', nodes] : []),
    ...(reportsDir ? ['--reports-dir', reportsDir] : []),
    ...(json ? ['--json'] : []),
  ];
}
