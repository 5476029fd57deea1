/** Exit codes of every Netwright command. The innermost error that names one wins. */
export const ExitCode = {
  /** Everything observed is healthy. */
  healthy: 0,
  /** At least one symptom failed. */
  unhealthy: 1,
  /** A wrong option, variable, file or combination of them: nothing was started. */
  usage: 2,
  /** The cluster could not be observed, wholly or in the part that was asked for. */
  inconclusive: 3,
  /** Netwright itself broke. */
  internal: 4,
  /** Ctrl-C or SIGTERM (128 + SIGINT, the shells' convention). */
  interrupted: 130,
} as const;

export type ExitCodeValue = (typeof ExitCode)[keyof typeof ExitCode];

export interface NetwrightErrorOptions {
  /** Stable, kebab-case, documented in docs/errors.md: what scripts may match on. */
  code: string;
  /** What to do next: one sentence, or one command. */
  hint?: string;
  cause?: unknown;
  exitCode?: ExitCodeValue;
}

/**
 * An error meant for people: the message says what failed, where and why; `hint` says what to do next. Printed without
 * a stack.
 */
export class NetwrightError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCodeValue;

  constructor(message: string, { code, hint, cause, exitCode = ExitCode.inconclusive }: NetwrightErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'NetwrightError';
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
