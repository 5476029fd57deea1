import { Command, Option } from 'commander';
import { FAIL_ON, PROFILES } from '../../helpers/config/variables.ts';
import { SUITES } from '../../helpers/model/suites.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';
import { runUntilHealthy } from '../until-healthy.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';

interface RunOptions {
  target?: string;
  profile?: string;
  suite?: string;
  nodes?: string;
  reportsDir?: string;
  failOn?: string;
  budget?: string;
  wait?: string;
  untilHealthy?: string;
  before?: string;
  exerciseWorkloads?: string;
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
    .addOption(new Option('--fail-on <what>', 'the least that fails the run').choices([...FAIL_ON]))
    .option('--budget <time>', 'time for the run, as 60s; what does not fit is not observed')
    .option('--wait <time>', 'wait so long at most for roll-outs to settle before the run, as 10m')
    .option('--until-healthy <time>', 'run again and again until it passes, for so long at most, as 10m')
    .option('--before <file>', 'snapshot from before a change, for the profile acceptance')
    .option(
      '--exercise-workloads <names>',
      'for the profile acceptance: scale and restart these Deployments (namespace/name), and count what is lost',
    )
    .option('--json', 'print report.json in place of the summary')
    .addOption(new Option('--in-runner').hideHelp())
    .action(async (options: RunOptions) => {
      if (options.untilHealthy !== undefined) {
        const target = options.target === undefined ? [] : ['--target', options.target];
        process.exitCode = await runUntilHealthy(options.untilHealthy, ['run', ...target, ...argumentsOf(options)]);
        return;
      }
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
            NETWRIGHT_FAIL_ON: options.failOn,
            NETWRIGHT_BUDGET: options.budget,
            NETWRIGHT_WAIT: options.wait,
            NETWRIGHT_REPORTS_DIR: options.reportsDir,
            NETWRIGHT_ACCEPT_BEFORE: options.before,
            NETWRIGHT_EXERCISE_WORKLOADS: options.exerciseWorkloads,
          },
        });
      } finally {
        interrupts.release();
      }
    });
}

function argumentsOf(options: RunOptions): string[] {
  const { profile, suite, nodes, reportsDir, before, exerciseWorkloads, failOn, budget, wait, json } = options;
  return [
    ...(failOn ? ['--fail-on', failOn] : []),
    ...(budget ? ['--budget', budget] : []),
    ...(wait ? ['--wait', wait] : []),
    ...(profile ? ['--profile', profile] : []),
    ...(suite ? ['--suite', suite] : []),
    ...(nodes ? ['--nodes', nodes] : []),
    ...(reportsDir ? ['--reports-dir', reportsDir] : []),
    ...(before ? ['--before', before] : []),
    ...(exerciseWorkloads ? ['--exercise-workloads', exerciseWorkloads] : []),
    ...(json ? ['--json'] : []),
  ];
}
