import { Command, Option } from 'commander';
import { PROFILES } from '../../helpers/config/variables.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';

interface SnapshotOptions {
  out: string;
  target?: string;
  profile: string;
  inRunner?: boolean;
}

/** `netwright snapshot`: what the network is before a change, as a file that an acceptance is held against. */
export function snapshotCommand(): Command {
  return new Command('snapshot')
    .description('write down what the network is, before a change of it')
    .requiredOption('--out <file>', 'where the snapshot is written')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .addOption(
      new Option('--profile <profile>', 'how thorough; the same as after the change, so that times compare')
        .choices([...PROFILES])
        .default('acceptance'),
    )
    .addOption(new Option('--in-runner').hideHelp())
    .action(async ({ out, target, profile, inRunner }: SnapshotOptions) => {
      const lab = labNameOf(target ?? process.env['NETWRIGHT_TARGET']);
      if (lab !== undefined && !inRunner) {
        const args = ['snapshot', '--in-runner', '--out', out, '--profile', profile];
        process.exitCode = await runInsideLab(lab, args);
        return;
      }
      const interrupts = onInterrupt();
      const { runAndReport } = await import('../run-and-report.ts');
      try {
        process.exitCode = await runAndReport({
          json: false,
          signal: interrupts.signal,
          ...(inRunner && { envFile: '/dev/null' }),
          overrides: { NETWRIGHT_TARGET: target, NETWRIGHT_PROFILE: profile, NETWRIGHT_SNAPSHOT: out },
        });
      } finally {
        interrupts.release();
      }
    });
}
