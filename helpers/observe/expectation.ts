import type { ErrorKind, Expectation, Verdict } from '../model/observation.ts';

interface Judged {
  verdict: Verdict;
  reason?: string;
  errorKind?: ErrorKind;
}

/** Errors of a dropped packet: silence, or an error of the sender's own system. */
const DROPPED: ReadonlySet<ErrorKind> = new Set(['timeout', 'no-reply', 'prohibited']);
/** Errors of a refused packet. */
const REFUSED: ReadonlySet<ErrorKind> = new Set(['refused', 'reset', 'prohibited', 'no-route']);
/** There was an answer, though not the one that a must-pass probe needs. */
const ANSWERED: ReadonlySet<ErrorKind> = new Set([
  'tls',
  'http-status',
  'wrong-identity',
  'wrong-answer',
  'partial-loss',
  'dns-rcode',
]);

/**
 * Turns a must-pass judgement into a verdict against the probe's expectation. An answer where none must come fails as
 * `unexpected-pass`; a result that says nothing about the path (no address for a name, an error without a kind) is
 * inconclusive. Pure.
 */
export function judgeExpectation<T extends Judged>(judged: T, expectation: Expectation = 'must-pass'): T {
  const { verdict, errorKind, reason } = judged;
  if (expectation === 'must-pass' || (verdict !== 'pass' && verdict !== 'fail')) return judged;
  const dropped = expectation === 'must-be-dropped';
  const wanted = dropped ? 'dropped' : 'refused';
  if (verdict === 'pass')
    return { ...judged, verdict: 'fail', errorKind: 'unexpected-pass', reason: `answered, and must be ${wanted}` };
  if (errorKind !== undefined && ANSWERED.has(errorKind))
    return {
      ...judged,
      verdict: 'fail',
      errorKind: 'unexpected-pass',
      reason: `answered, and must be ${wanted}: ${reason ?? errorKind}`,
    };
  if (errorKind !== undefined && (dropped ? DROPPED : REFUSED).has(errorKind))
    return { ...judged, verdict: 'pass', errorKind: undefined, reason: undefined };
  if (errorKind !== undefined && (dropped ? REFUSED : DROPPED).has(errorKind))
    return { ...judged, reason: `must be ${wanted}: ${reason ?? errorKind}` };
  return {
    ...judged,
    verdict: 'inconclusive',
    reason: `cannot tell whether it was ${wanted}: ${reason ?? 'no reason was given'}`,
  };
}
