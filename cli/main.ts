import { Command, CommanderError } from 'commander';
import { ExitCode } from '../helpers/errors.ts';
import { accuracyCommand } from './commands/accuracy.ts';
import { benchCommand } from './commands/bench.ts';
import { cleanCommand } from './commands/clean.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { labCommand } from './commands/lab.ts';
import { runCommand } from './commands/run.ts';
import { selftestCommand } from './commands/selftest.ts';
import { startCommand } from './commands/start.ts';
import { printError } from './print-error.ts';
import { version } from './version.ts';

/** The program with all its commands; exported for tests. */
export function program(): Command {
  return new Command('netwright')
    .description(
      "Says whether a Kubernetes cluster's network does what its workloads rely on, and if not, what is broken, " +
        'where, and how it is mended.',
    )
    .version(version())
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .addCommand(runCommand())
    .addCommand(startCommand())
    .addCommand(diagnoseCommand())
    .addCommand(cleanCommand())
    .addCommand(labCommand())
    .addCommand(benchCommand(), { hidden: true })
    .addCommand(accuracyCommand(), { hidden: true })
    .addCommand(selftestCommand(), { hidden: true });
}

function inheritExitOverride(command: Command): Command {
  for (const child of command.commands) inheritExitOverride(child.exitOverride().showSuggestionAfterError());
  return command;
}

try {
  await inheritExitOverride(program()).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed it: help and version end with 0, anything else is a usage error.
    process.exitCode = error.exitCode === 0 ? ExitCode.healthy : ExitCode.usage;
  } else {
    process.exitCode = printError(error);
  }
}
