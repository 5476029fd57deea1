import type { ErrorKind } from '../../../model/observation.ts';
import { toFailure } from '../failure.ts';

const SIGN_OF: Partial<Record<ErrorKind, string>> = {
  timeout: 't',
  'no-reply': 't',
  refused: 'r',
  reset: 'x',
  'http-status': 'w',
  'wrong-identity': 'w',
  'wrong-answer': 'w',
  'dns-rcode': 'w',
  // What this machine lacks, or what ended the watch, says nothing of the network.
  'not-observed': '-',
  aborted: '-',
};

/** The sign of a request that failed. */
export const signOf = (error: unknown): string => SIGN_OF[toFailure(error).kind] ?? 'o';
