import { ExitCode } from './exit-code.ts';
import type { ErrorDocument } from './document.ts';

/** Netwright itself. */
export const ownErrors = {
  'agent-bundle': {
    exit: ExitCode.internal,
    meaning: 'the probe agent could not be put together',
    remedy: 'install Netwright anew',
  },
  'allure-report-failed': {
    exit: ExitCode.internal,
    meaning: 'Allure could not make its page; all other reports are there',
    remedy: 'the command in the hint makes it again',
  },
} as const satisfies Record<string, ErrorDocument>;
