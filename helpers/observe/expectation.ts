import type { ErrorKind, Expectation, Verdict } from '../model/observation.ts';

interface Judged {
  verdict: Verdict;
  reason?: string;
  errorKind?: ErrorKind;
}

/** How a packet that something drops ends: without a word, or with one of the sender's own system. */
const DROPPED: ReadonlySet<ErrorKind> = new Set(['timeout', 'no-reply', 'prohibited']);
/** How one ends that something refuses. */
const REFUSED: ReadonlySet<ErrorKind> = new Set(['refused', 'reset', 'prohibited', 'no-route']);
/** Somebody answered, if not as a probe is answered that must pass. */
const ANSWERED: ReadonlySet<ErrorKind> = new Set([
  'tls',
  'http-status',
  'wrong-identity',
  'wrong-answer',
  'partial-loss',
  'dns-rcode',
]);

/**
 * Turns the judgement of a probe as one that must pass into that against its expectation. An answer where there must be
 * none fails as `unexpected-pass`; what says nothing of the way (no address for a name, an error without a kind) is
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
