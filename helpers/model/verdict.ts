/** Words for how a probe ended. */

/**
 * Four values. Not observed (`inconclusive`) is never a pass and never a fail; `evidence` was observed and is not
 * judged: it says something to a diagnosis, and nothing is right or wrong about it.
 */
export const VERDICTS = ['pass', 'fail', 'inconclusive', 'evidence'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How a symptom ends: what is evidence only is no symptom. */
export type SymptomVerdict = Exclude<Verdict, 'evidence'> | 'skipped';

/** What a probe has to meet: an answer, silence, or a refusal. */
export const EXPECTATIONS = ['must-pass', 'must-be-dropped', 'must-be-refused'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/** Why an attempt did not succeed, in terms that a diagnosis can use. */
export const ERROR_KINDS = [
  'timeout',
  'refused',
  'reset',
  'no-route',
  'prohibited',
  'message-too-large',
  'tls',
  'http-status',
  'wrong-identity',
  'wrong-answer',
  'no-reply',
  'partial-loss',
  'dns-rcode',
  'name-not-resolved',
  // An answer came where the probe must be dropped or refused.
  'unexpected-pass',
  'lost-exec',
  'aborted',
  'not-observed',
  'other',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** Whether it was observed and judged. */
export const isJudged = ({ verdict }: { verdict: Verdict }): boolean => verdict === 'pass' || verdict === 'fail';
