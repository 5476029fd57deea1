import { describe, expect, it } from 'vitest';
import type { AgentGot, ProbeKind } from '../../../helpers/model/agent-got.ts';
import { judgeDns, judgeReach, judgeResolve } from '../../../helpers/observe/judges.ts';
import type { ResultOf } from '../../../helpers/observe/planned-probe.ts';

type Failure = ResultOf['error'];
const timeout: Failure = { kind: 'timeout', text: 'timeout after 2000 ms' };
const refused: Failure = { kind: 'refused', text: 'connect ECONNREFUSED' };

/** What an agent says of one probe: all of its attempts succeeded, unless it says how the last failed. */
function result<Kind extends ProbeKind>(
  got: AgentGot[Kind],
  { attempts = 1, succeeded = 1, error }: { attempts?: number; succeeded?: number; error?: Failure } = {},
): ResultOf<Kind> {
  return { batch: 'b', id: '1', attempts, succeeded, timesMs: [], durationMs: 1, got, ...(error && { error }) };
}
const failed = (error: Failure, got: AgentGot['http'] = {}) => result<'http'>(got, { succeeded: 0, error });

describe('a probe that has to reach its destination', () => {
  it.each([
    ['passes when every attempt succeeded', [10, 10], 0, 'pass', undefined],
    ['passes when it lost no more than is tolerated', [9, 10], 0.1, 'pass', undefined],
    ['fails as partial loss when it lost more', [8, 10], 0.1, 'fail', 'partial-loss'],
    ['fails as its attempts did when none succeeded', [0, 10], 0.1, 'fail', 'timeout'],
    ['is not passed by having made no attempt', [0, 0], 0.1, 'fail', 'timeout'],
  ] as const)('%s', (_, [succeeded, attempts], tolerated, verdict, errorKind) => {
    const error = succeeded < attempts || attempts === 0 ? timeout : undefined;
    expect(judgeReach([result<'tcp'>({}, { attempts, succeeded, error })], tolerated)).toMatchObject({
      verdict,
      ...(errorKind && { errorKind }),
    });
  });

  it('says how many were lost, how the last was, and what the first answer held', () => {
    const series = result<'udp-echo'>({ clientAddress: '10.42.0.2' }, { attempts: 10, succeeded: 6, error: refused });
    expect(judgeReach([series]).got).toEqual({ clientAddress: '10.42.0.2', lost: 4, lastErrorKind: 'refused' });
  });

  it('fails by the error that most of its parts met', () => {
    expect(judgeReach([failed(refused), failed(timeout), failed(timeout)]).errorKind).toBe('timeout');
  });

  it.each(['not-observed', 'aborted'] as const)('is inconclusive when its agent could not try: %s', (kind) => {
    expect(judgeReach([failed({ kind, text: 'too many open files' })])).toMatchObject({
      verdict: 'inconclusive',
      errorKind: kind,
    });
  });
});

describe('a DNS probe', () => {
  const answer = (answers: AgentGot['dns']['answers'], rcode = 'NOERROR') => result<'dns'>({ rcode, answers });
  const silent = result<'dns'>({}, { succeeded: 0, error: timeout });
  const [one, two] = ['10.43.0.1', '10.43.0.2'];

  it.each([
    ['passes by just the expected addresses in any order', [answer([two, one])], [one, two], 'pass', undefined],
    ['passes by one answer of two questions', [silent, answer([one])], [one], 'pass', undefined],
    ['passes by any address where none is expected', [answer([two])], undefined, 'pass', undefined],
    ['passes by an SRV record', [answer([{ target: 'a.svc', port: 443 }])], undefined, 'pass', undefined],
    ['fails by an address too many', [answer([one, two])], [one], 'fail', 'wrong-answer'],
    ['fails by another address', [answer([two])], [one], 'fail', 'wrong-answer'],
    ['fails by an answer without an address', [answer([])], undefined, 'fail', 'wrong-answer'],
    ['fails by its rcode', [answer([], 'SERVFAIL')], [one], 'fail', 'dns-rcode'],
    ['fails as its questions did when none was answered', [silent, silent], [one], 'fail', 'timeout'],
  ])('%s', (_, results, addresses, verdict, errorKind) => {
    expect(judgeDns(results, { addresses })).toMatchObject({ verdict, ...(errorKind && { errorKind }) });
  });

  it('passes by the rcode that is expected', () => {
    expect(judgeDns([answer([], 'NXDOMAIN')], { rcode: 'NXDOMAIN' }).verdict).toBe('pass');
  });

  it('may be without data where that is sound, and not with an error', () => {
    expect(judgeDns([answer([], 'NOERROR')], { mayBeEmpty: true }).verdict).toBe('pass');
    expect(judgeDns([answer([], 'SERVFAIL')], { mayBeEmpty: true }).verdict).toBe('fail');
    expect(judgeDns([answer([], 'NOERROR')], {}).verdict).toBe('fail');
  });

  it('says how many questions were lost', () => {
    expect(judgeDns([silent, answer([one])], { addresses: [one] }).got.lost).toBe(1);
  });

  it('passes where the answer was cut off, as far as it goes: TCP is asked beside it', () => {
    const cut = (...answers: string[]) => result<'dns'>({ rcode: 'NOERROR', answers, truncated: true });
    expect(judgeDns([cut()], {}).verdict).toBe('pass');
    expect(judgeDns([cut(one)], { addresses: [one, two] }).verdict).toBe('pass');
    expect(judgeDns([cut('192.0.2.1')], { addresses: [one, two] }).verdict).toBe('fail');
  });

  it("by the pod's own resolver may hold one family or both, each as it is expected", () => {
    const both = { addresses: [one, 'fd00:43::a'] };
    const said = (...addresses: string[]) => judgeResolve([result<'resolve'>({ addresses })], both).verdict;
    expect([said(one, 'fd00:43::a'), said('fd00:43::a', one), said(one), said('fd00:43::a')]).toEqual(
      Array.from({ length: 4 }, () => 'pass'),
    );
    expect([said(one, 'fd00:43::b'), said(two, 'fd00:43::a'), said()]).toEqual(['fail', 'fail', 'fail']);
    expect(judgeResolve([result<'resolve'>({ addresses: [one, 'fd00::1'] })], { addresses: [one] }).verdict).toBe(
      'fail',
    );
  });

  it("by the pod's own resolver is judged by its addresses alone", () => {
    expect(judgeResolve([result<'resolve'>({ addresses: [one] })], { addresses: [one] }).verdict).toBe('pass');
    expect(judgeResolve([result<'resolve'>({ addresses: [two] })], { addresses: [one] }).errorKind).toBe(
      'wrong-answer',
    );
  });
});
