import { CommanderError, type Command } from 'commander';
import { ExitCode } from '../helpers/errors.ts';
import { printError } from '../helpers/report/error-text.ts';

function inheritExitOverride(command: Command): Command {
  for (const child of command.commands) inheritExitOverride(child);
  return command.exitOverride().showSuggestionAfterError();
}

/** Runs a command line to its end. Never throws: an error is printed and becomes the exit code of the process. */
export async function runProgram(command: Command): Promise<void> {
  try {
    await inheritExitOverride(command).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed it: help and version end with 0, anything else is a usage error.
      process.exitCode = error.exitCode === 0 ? ExitCode.healthy : ExitCode.usage;
    } else {
      process.exitCode = printError(error);
    }
  }
}
