import { Command } from 'commander';
import { ExitCode } from '../../helpers/errors.ts';
import { findingsText } from '../findings-text.ts';

/** `netwright diagnose`: the findings of a recorded run, the same as the run itself gave. */
export function diagnoseCommand(): Command {
  return new Command('diagnose')
    .description('name the causes in the observations of an earlier run')
    .argument('<file>', 'observations.ndjson in the folder of a run, or an archive of netwright bundle')
    .option('--json', 'print the findings as JSON')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const [{ diagnose }, { observationsIn, readObservations }, { observationsInBundle }] = await Promise.all([
        import('../../helpers/diagnose/index.ts'),
        import('../../helpers/report/observations-file.ts'),
        import('../../helpers/report/bundle-run.ts'),
      ]);
      const observations = /\.(tgz|tar\.gz)$/.test(file)
        ? observationsIn(await observationsInBundle(file), file)
        : readObservations(file);
      const diagnosis = diagnose(observations);
      const { findings, groups } = diagnosis;
      process.stdout.write(
        json ? `${JSON.stringify(findings, undefined, 2)}\n` : findingsText(diagnosis, observations),
      );
      process.exitCode = findings.some(({ confidence }) => confidence === 'proved')
        ? ExitCode.unhealthy
        : findings.length + groups.length > 0
          ? ExitCode.inconclusive
          : ExitCode.healthy;
    });
}
