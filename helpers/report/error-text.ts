import { styleText } from 'node:util';
import { ExitCode, NetwrightError, type ExitCodeValue } from '../errors.ts';

/** The text of an error for people: what failed, what to do next, and its code. Only our own faults show a stack. */
export function errorText(error: unknown): string {
  const paint = (style: 'red' | 'dim', text: string) => styleText(style, text, { stream: process.stderr });
  if (error instanceof NetwrightError) {
    return [
      `${paint('red', 'error')}: ${error.message}`,
      ...(error.hint ? [`  ${error.hint}`] : []),
      paint('dim', `  (${error.code})`),
    ].join('\n');
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `${paint('red', 'error')}: Netwright itself broke; this is a bug, please report it with the lines ` +
    `below\n${stack}`
  );
}

/** Prints an error on stderr and answers with the exit code that it stands for. */
export function printError(error: unknown): ExitCodeValue {
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('interrupted\n');
    return ExitCode.interrupted;
  }
  process.stderr.write(`${errorText(error)}\n`);
  return error instanceof NetwrightError ? error.exitCode : ExitCode.internal;
}
