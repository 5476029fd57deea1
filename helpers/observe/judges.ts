import type { AgentGot } from '../model/agent-got.ts';
import { familyOf } from '../model/family.ts';
import type { ErrorKind } from '../model/observation.ts';
import type { ProbeResult } from '../probe/protocol.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';

/** The part of an answer that every judge needs, whatever its kind. */
type Sums = Pick<ProbeResult, 'attempts' | 'succeeded' | 'error'>;

/** A judgement on whether attempts succeeded: with what the first answer held, and what was lost. */
type Reached<Held> = Omit<Judgement, 'got'> & { got: Partial<Held> & { lost?: number; lastErrorKind?: ErrorKind } };

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** The error that most attempts met; ties go to the first seen. */
function commonError(results: Sums[]): { kind: ErrorKind; text: string } {
  const errors = results.flatMap((result) => (result.error ? [result.error] : []));
  const counts = new Map<ErrorKind, number>();
  for (const error of errors) counts.set(error.kind, (counts.get(error.kind) ?? 0) + 1);
  const kind = [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return errors.find((error) => error.kind === kind) ?? { kind: 'other', text: 'no error was given' };
}

/** Passes when every attempt succeeded (or all but the tolerated share); one that fails in part says so. */
export function judgeReach<Held extends object>(results: (Sums & { got: Held })[], toleratedLoss = 0): Reached<Held> {
  const attempts = sum(results.map((result) => result.attempts));
  const succeeded = sum(results.map((result) => result.succeeded));
  const held: Partial<Held> = { ...results[0]?.got };
  const got = { ...held, ...(succeeded < attempts && { lost: attempts - succeeded }) };
  if (attempts > 0 && (attempts - succeeded) / attempts <= toleratedLoss) return { verdict: 'pass', got };
  const error = commonError(results);
  // The agent could not send (no socket, no memory): this says nothing about the network.
  if (error.kind === 'not-observed' || error.kind === 'aborted')
    return { verdict: 'inconclusive', errorKind: error.kind, reason: error.text, got };
  if (succeeded === 0) return { verdict: 'fail', errorKind: error.kind, reason: error.text, got };
  return {
    verdict: 'fail',
    errorKind: 'partial-loss',
    reason: `${attempts - succeeded} of ${attempts} attempts failed: ${error.text}`,
    got: { ...got, lastErrorKind: error.kind },
  };
}

/** The same judgement as evidence: it was observed, and nothing is right or wrong about it. */
export const asEvidence = <Judged extends { verdict: string; reason?: string }>(judged: Judged, why: string): Judged =>
  judged.verdict === 'fail'
    ? { ...judged, verdict: 'evidence', reason: `${why}: ${judged.reason ?? 'no answer'}` }
    : judged;

export interface DnsExpectation {
  addresses?: string[];
  rcode?: string;
  /** An answer without data is sound: the name may have addresses of the other family alone. */
  mayBeEmpty?: boolean;
}

/** One answer is enough, as for every resolver. With none, the judgement rests on whether attempts succeeded. */
function judgeAnswers<Held extends { rcode?: string; truncated?: boolean }>(
  results: (Sums & { got: Held })[],
  answersIn: (got: Held) => string[],
  expected: DnsExpectation,
): Reached<Held> {
  const answered = results.filter(({ succeeded, got }) => succeeded > 0 || got.rcode !== undefined);
  const result = answered[0];
  if (!result) return judgeReach(results);
  const held: Partial<Held> = result.got;
  const got = { ...held, ...(answered.length < results.length && { lost: results.length - answered.length }) };
  const { rcode } = result.got;
  if (expected.rcode !== undefined && rcode === expected.rcode) return { verdict: 'pass', got };
  if (rcode !== undefined && rcode !== 'NOERROR')
    return { verdict: 'fail', errorKind: 'dns-rcode', reason: `answered ${rcode}`, got };
  const answers = answersIn(result.got);
  // What does not fit into a datagram is asked again over TCP, which is a probe of its own.
  if (result.got.truncated && answers.every((answer) => expected.addresses?.includes(answer) ?? true))
    return { verdict: 'pass', got };
  if (answers.length === 0 && expected.mayBeEmpty && rcode === 'NOERROR') return { verdict: 'pass', got };
  if (answers.length === 0)
    return { verdict: 'fail', errorKind: 'wrong-answer', reason: 'answered without an address', got };
  const { addresses } = expected;
  if (addresses && (answers.length !== addresses.length || answers.some((answer) => !addresses.includes(answer)))) {
    return {
      verdict: 'fail',
      errorKind: 'wrong-answer',
      reason: `answered ${answers.join(', ')}, expected ${addresses.join(', ')}`,
      got,
    };
  }
  return { verdict: 'pass', got };
}

/**
 * A DNS answer must hold just the expected addresses (any order); an expected rcode may be named in place of them.
 * Where the question was asked more than once, one answer is enough, as it is for every resolver.
 */
export const judgeDns = (results: ResultOf<'dns'>[], expected: DnsExpectation): Judgement<'dns'> =>
  judgeAnswers(
    results,
    ({ answers = [] }) => answers.map((answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer))),
    expected,
  );

/**
 * The same for what a pod's own resolver says, which asks for A and AAAA: what it says of a family has to be as
 * expected of that family. Which families it says anything of is up to it (RFC 6724, `AI_ADDRCONFIG`).
 */
export const judgeResolve = (results: ResultOf<'resolve'>[], expected: DnsExpectation): Judgement<'resolve'> => {
  const said = new Set(results.flatMap(({ got }) => got.addresses ?? []).map(familyOf));
  const addresses = expected.addresses?.filter((address) => said.has(familyOf(address)));
  return judgeAnswers<AgentGot['resolve'] & { rcode?: string; truncated?: boolean }>(
    results,
    ({ addresses: answers = [] }) => answers,
    addresses && addresses.length > 0 ? { ...expected, addresses } : expected,
  );
};
