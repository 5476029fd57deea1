import { Command, Option } from 'commander';
import { loadConfig, requireKubeconfig } from '../../helpers/config/load.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';

async function clean(inRunner: boolean): Promise<string[]> {
  const [{ cleanUp }, { connectCluster }, { breakRunLock }] = await Promise.all([
    import('../../helpers/cluster/clean-up.ts'),
    import('../../helpers/cluster/connect.ts'),
    import('../../helpers/cluster/lease.ts'),
  ]);
  const config = loadConfig({ env: process.env, cwd: process.cwd(), ...(inRunner && { envFile: '/dev/null' }) });
  const client = await connectCluster({ kubeconfig: requireKubeconfig(config), context: config.kubeContext });
  const [namespaces, holder] = await Promise.all([cleanUp(client, { wait: true }), breakRunLock(client)]);
  return [...namespaces.map((name) => `namespace ${name}`), ...(holder ? [`the run lock of ${holder}`] : [])];
}

/** `netwright clean`: removes what runs left on a cluster, their lock among it. */
export function cleanCommand(): Command {
  return new Command('clean')
    .description('remove from a cluster what interrupted runs left there')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .addOption(new Option('--in-runner').hideHelp())
    .action(async ({ target, inRunner }: { target?: string; inRunner?: boolean }) => {
      const lab = labNameOf(target ?? process.env['NETWRIGHT_TARGET']);
      if (lab !== undefined && !inRunner) {
        process.exitCode = await runInsideLab(lab, ['clean', '--in-runner']);
        return;
      }
      const removed = await clean(inRunner === true);
      process.stdout.write(
        removed.length > 0 ? `removed ${removed.join(', ')}\n` : 'nothing of Netwright is on the cluster\n',
      );
    });
}
