import { documentOf, type ErrorCode } from './errors/codes.ts';
import type { ExitCodeValue } from './errors/exit-code.ts';

export { ExitCode, type ExitCodeValue } from './errors/exit-code.ts';

export interface NetwrightErrorOptions {
  /** Its document in helpers/errors gives the meaning, the remedy and the exit code. */
  code: ErrorCode;
  /** What to do next: one sentence, or one command. */
  hint?: string;
  cause?: unknown;
  /** In place of the code's own exit code. */
  exitCode?: ExitCodeValue;
}

/**
 * An error meant for people: the message says what failed, where and why; `hint` says what to do next. Printed without
 * a stack.
 */
export class NetwrightError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: ExitCodeValue;

  constructor(message: string, { code, hint, cause, exitCode = documentOf(code).exit }: NetwrightErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'NetwrightError';
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
