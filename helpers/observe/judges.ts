import type { ErrorKind } from '../model/observation.ts';
import type { IdentityRule } from '../model/targets.ts';
import type { ProbeResult } from '../probe/protocol.ts';
import type { Judgement } from './planned-probe.ts';

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** The error that most attempts met; ties go to the first seen. */
function commonError(results: ProbeResult[]): { kind: ErrorKind; text: string } {
  const errors = results.flatMap((result) => (result.error ? [result.error] : []));
  const counts = new Map<ErrorKind, number>();
  for (const error of errors) counts.set(error.kind, (counts.get(error.kind) ?? 0) + 1);
  const kind = [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return errors.find((error) => error.kind === kind) ?? { kind: 'other', text: 'no error was given' };
}

/** Passes when every attempt succeeded (or all but the tolerated share); one that fails in part says so. */
export function judgeReach(results: ProbeResult[], toleratedLoss = 0): Judgement {
  const attempts = sum(results.map((result) => result.attempts));
  const succeeded = sum(results.map((result) => result.succeeded));
  const got = { ...results[0]?.got, ...(succeeded < attempts && { lost: attempts - succeeded }) };
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
export function identityOf(body: unknown): Identity {
  if (typeof body !== 'string') return {};
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
  got: Record<string, unknown>,
  reference?: string,
): boolean | undefined {
  const body = typeof got['body'] === 'string' ? got['body'] : '';
  const headers = (got['headers'] ?? {}) as Record<string, string>;
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
export function judgeHttp(results: ProbeResult[], { service, identity, reference }: HttpExpectation): Judgement {
  const answers = results.flatMap((result): Answer[] => {
    const status = result.got['status'];
    if (result.error || typeof status !== 'number') return [];
    const matches = identityMatches(identity, service, result.got, reference);
    const bodyHead = (typeof result.got['body'] === 'string' ? result.got['body'] : '').slice(0, 160);
    return [
      {
        status,
        identity: identityOf(result.got['body']),
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
  if (answers.length < results.length)
    return { ...judgeReach(results), got: { ...got, lost: results.length - answers.length } };
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

/**
 * A DNS answer must hold just the expected addresses (any order); an expected rcode may be named in place of them.
 * Where the question was asked more than once, one answer is enough, as it is for every resolver.
 */
export function judgeDns(results: ProbeResult[], expected: { addresses?: string[]; rcode?: string }): Judgement {
  const answered = results.filter(({ succeeded, got }) => succeeded > 0 || 'rcode' in got);
  const result = answered[0];
  if (!result) return judgeReach(results);
  const got: Record<string, unknown> = {
    ...result.got,
    ...(answered.length < results.length && { lost: results.length - answered.length }),
  };
  if (expected.rcode !== undefined && got['rcode'] === expected.rcode) return { verdict: 'pass', got };
  const answers = ((got['answers'] ?? got['addresses'] ?? []) as unknown[]).map((answer) =>
    typeof answer === 'string' ? answer : JSON.stringify(answer),
  );
  if (got['rcode'] !== undefined && got['rcode'] !== 'NOERROR') {
    return { verdict: 'fail', errorKind: 'dns-rcode', reason: `answered ${got['rcode'] as string}`, got };
  }
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
