import type { ExitCodeValue } from './exit-code.ts';

/** What docs/errors.md says of a code. */
export interface ErrorDocument {
  /** Exit code of the command, unless the error says otherwise. */
  exit: ExitCodeValue;
  /** What happened, in Markdown. */
  meaning: string;
  /** What to do about it, in Markdown; empty where there is nothing to do. */
  remedy: string;
}
