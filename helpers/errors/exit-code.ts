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
