import { Command } from 'commander';
import { bundleCommand } from './commands/bundle.ts';
import { cleanCommand } from './commands/clean.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { doctorCommand } from './commands/doctor.ts';
import { imagesCommand } from './commands/images.ts';
import { labCommand } from './commands/lab.ts';
import { runCommand } from './commands/run.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { startCommand } from './commands/start.ts';
import { watchCommand } from './commands/watch.ts';
import { runProgram } from './run-program.ts';
import { version } from '../helpers/version.ts';

await runProgram(
  new Command('netwright')
    .description(
      "Says whether a Kubernetes cluster's network does what its workloads rely on, and if not, what is broken, " +
        'where, and how it is fixed.',
    )
    .version(version())
    .configureHelp({ sortSubcommands: false })
    .addCommand(runCommand())
    .addCommand(doctorCommand())
    .addCommand(snapshotCommand())
    .addCommand(watchCommand())
    .addCommand(startCommand())
    .addCommand(diagnoseCommand())
    .addCommand(bundleCommand())
    .addCommand(imagesCommand())
    .addCommand(cleanCommand())
    .addCommand(labCommand()),
);
