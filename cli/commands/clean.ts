import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import { loadConfig, requireKubeconfig } from '../../helpers/config/load.ts';
import type { Removed } from '../../helpers/run/remove-runs.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';

async function clean(inRunner: boolean, isForced: boolean): Promise<Removed> {
  const [{ connectCluster }, { removeRuns }] = await Promise.all([
    import('../../helpers/cluster/connect.ts'),
    import('../../helpers/run/remove-runs.ts'),
  ]);
  const config = loadConfig({ env: process.env, cwd: process.cwd(), ...(inRunner && { envFile: '/dev/null' }) });
  const client = await connectCluster({ kubeconfig: requireKubeconfig(config), context: config.kubeContext });
  return removeRuns(client, {
    holder: `netwright clean ${process.pid} on ${hostname()}`,
    isForced,
    prepared: config.probe.namespaces && Object.values(config.probe.namespaces),
    onWatch: (holder) =>
      void process.stderr.write(`watching for half a minute at most whether the run of ${holder} is alive\n`),
  });
}

/** `netwright clean`: removes what runs left on a cluster, their lock among it. */
export function cleanCommand(): Command {
  return new Command('clean')
    .description('remove from a cluster what interrupted runs left there')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .option('--force', 'remove also what belongs to a run that is alive')
    .addOption(new Option('--in-runner').hideHelp())
    .action(async ({ target, force, inRunner }: { target?: string; force?: boolean; inRunner?: boolean }) => {
      const lab = labNameOf(target ?? process.env['NETWRIGHT_TARGET']);
      if (lab !== undefined && !inRunner) {
        process.exitCode = await runInsideLab(lab, ['clean', '--in-runner', ...(force ? ['--force'] : [])]);
        return;
      }
      const { namespaces, restored, lockOf, trouble } = await clean(inRunner === true, force === true);
      const removed = [
        ...namespaces.map((name) => (name.includes('/') ? name : `namespace ${name}`)),
        ...(lockOf ? [`the run lock of ${lockOf}`] : []),
      ];
      if (trouble) process.stderr.write(`${trouble}\n`);
      for (const each of restored) process.stdout.write(`put back ${each}, which a killed run had scaled\n`);
      process.stdout.write(
        removed.length > 0 ? `removed ${removed.join(', ')}\n` : 'nothing of Netwright is on the cluster\n',
      );
    });
}
