import { relative } from 'node:path';
import { Command } from 'commander';

/** `netwright bundle`: one archive of a run, to hand to somebody. */
export function bundleCommand(): Command {
  return new Command('bundle')
    .description('pack a run as one archive without secrets; netwright diagnose reads it')
    .argument('<folder>', 'folder of a run, under reports/')
    .option('--to <folder>', 'where the archive is put', '.')
    .action(async (folder: string, { to }: { to: string }) => {
      const { bundleRun } = await import('../../helpers/report/bundle-run.ts');
      process.stdout.write(`${relative(process.cwd(), await bundleRun(folder, to))}\n`);
    });
}
