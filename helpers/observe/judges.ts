import type { AgentGot } from '../model/agent-got.ts';
import type { ErrorKind } from '../model/observation.ts';
import type { IdentityRule } from '../model/targets.ts';
import type { ProbeResult } from '../probe/protocol.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';

/** What a judge needs of every answer, whatever its kind. */
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
  // The agent could not try (no socket, no memory): that says nothing of the network.
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

/** Who answered, as far as the answer says. */
export interface Identity {
  service?: string;
  pod?: string;
  node?: string;
}

/** Reads `{"service","pod","node"}` of a JSON body; anything else is an empty identity. */
export function identityOf(body: string | undefined): Identity {
  if (body === undefined) return {};
  try {
    const { service, pod, node } = JSON.parse(body) as Identity;
    return { service, pod, node };
  } catch {
    return {};
  }
}

/** Whether an HTTP answer is the right backend's: true, false, or undefined where the rule cannot tell. */
export function identityMatches(
  rule: IdentityRule,
  service: string,
  { body = '', headers = {} }: Pick<AgentGot['http'], 'body' | 'headers'>,
  reference?: string,
): boolean | undefined {
  switch (rule.kind) {
    case 'json-service':
      return identityOf(body).service === service;
    case 'body-pattern':
      return new RegExp(rule.pattern).test(body);
    case 'header':
      return new RegExp(rule.pattern).test(headers[rule.name.toLowerCase()] ?? '');
    case 'compare':
      return reference === undefined ? undefined : body === reference;
  }
}

export interface HttpExpectation {
  /** Name of the Service that must answer. */
  service: string;
  identity: IdentityRule;
  /** What the Service's own pods answered when asked directly, for the rule `compare`. */
  reference?: string;
}

type Answer = { status: number; identity: Identity; ok: boolean; observed: boolean; bodyHead: string };

/**
 * 200 from the right backend, each attempt; another status, another backend or no answer fails; an unknown identity is
 * inconclusive.
 */
export function judgeHttp(
  results: ResultOf<'http'>[],
  { service, identity, reference }: HttpExpectation,
): Judgement<'http'> {
  const answers = results.flatMap(({ error, got: answer }): Answer[] => {
    const { status, body = '' } = answer;
    if (error || status === undefined) return [];
    const matches = identityMatches(identity, service, answer, reference);
    const bodyHead = body.slice(0, 160);
    return [
      {
        status,
        identity: identityOf(body),
        ok: status === 200 && matches === true,
        observed: matches !== undefined,
        bodyHead,
      },
    ];
  });
  const answeredBy = [
    ...new Set(answers.flatMap(({ identity: { pod, node } }) => (pod ? [`${pod} on ${node ?? '?'}`] : []))),
  ].toSorted();
  const first = answers.find((answer) => !answer.ok) ?? answers[0];
  const got = {
    answered: answers.length,
    of: results.length,
    ...(first && { status: first.status, bodyHead: first.bodyHead }),
    ...(answeredBy.length > 0 && { answeredBy }),
  };
  const badStatus = answers.find((answer) => answer.status !== 200);
  if (badStatus)
    return {
      verdict: 'fail',
      errorKind: 'http-status',
      reason: `status ${badStatus.status}: ${badStatus.bodyHead.replaceAll(/\s+/g, ' ').trim()}`,
      got,
    };
  const wrong = answers.find((answer) => answer.observed && !answer.ok);
  if (wrong) {
    return {
      verdict: 'fail',
      errorKind: 'wrong-identity',
      reason: `200, but not from ${service}: ${wrong.bodyHead.replaceAll(/\s+/g, ' ').trim()}`,
      got,
    };
  }
  if (answers.length < results.length) {
    const reached = judgeReach(results);
    const { lastErrorKind } = reached.got;
    // The last that did not verify: what a reader asks for next.
    const certificate = results.findLast(({ error }) => error?.kind === 'tls')?.got.certificate;
    return {
      ...reached,
      got: {
        ...got,
        lost: results.length - answers.length,
        ...(lastErrorKind && { lastErrorKind }),
        ...(certificate && { certificate }),
      },
    };
  }
  if (answers.some((answer) => !answer.observed)) {
    return {
      verdict: 'inconclusive',
      errorKind: 'not-observed',
      reason: `200, but nothing tells whether it came from ${service}`,
      got,
    };
  }
  return { verdict: 'pass', got };
}

export interface DnsExpectation {
  addresses?: string[];
  rcode?: string;
}

/** One answer is enough, as it is for every resolver; without any it is judged by whether attempts succeeded. */
function judgeAnswers<Held extends { rcode?: string }>(
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

/** The same for what a pod's own resolver says. */
export const judgeResolve = (results: ResultOf<'resolve'>[], expected: DnsExpectation): Judgement<'resolve'> =>
  judgeAnswers<AgentGot['resolve'] & { rcode?: string }>(results, ({ addresses = [] }) => addresses, expected);
