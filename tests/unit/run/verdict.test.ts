import { describe, expect, test } from 'vitest';
import { FAIL_ON } from '../../../helpers/config/variables.ts';
import type { Finding } from '../../../helpers/model/finding.ts';
import type { SymptomResult } from '../../../helpers/run/outcome.ts';
import { exitCodeOf, runVerdict } from '../../../helpers/run/verdict.ts';

const symptoms = (...verdicts: SymptomResult['verdict'][]): SymptomResult[] =>
  verdicts.map((verdict) => ({ suite: 's', title: 't', fullName: 's t', verdict, observations: [], durationMs: 1 }));
const proved = { confidence: 'proved' } as Finding;
const candidate = { confidence: 'candidate' } as Finding;
const hole = { what: 'the pod network of a', why: 'no probe pod was made for it', node: 'a' };
const sampled = { what: 'the full mesh of node pairs', why: '20 nodes', isByChoice: true };
const lostLock = { what: 'the run lock', why: 'another run took it over' };
const unheardRunner = { what: '4 probes from the runner', why: 'not heard' };

describe('the verdict of a run', () => {
  test.each([
    ['all that was looked for passed', symptoms('pass', 'pass'), [], [], 'healthy', 0],
    ['a part was skipped with a reason, the rest passed', symptoms('pass', 'skipped'), [], [sampled], 'healthy', 0],
    [
      'a symptom failed, whatever else was not seen',
      symptoms('pass', 'inconclusive', 'fail'),
      [],
      [hole],
      'unhealthy',
      1,
    ],
    ['a cause is proved, although no symptom shows it yet', symptoms('pass'), [proved], [], 'unhealthy', 1],
    ['something could not be observed', symptoms('pass', 'inconclusive'), [candidate], [], 'inconclusive', 3],
    ['everything was skipped', symptoms('skipped', 'skipped'), [], [], 'inconclusive', 3],
    ['nothing ran', [], [], [], 'inconclusive', 3],
    ['a node has no probe', symptoms('pass'), [], [hole], 'inconclusive', 3],
    ['the run lock was lost', symptoms('pass'), [], [lostLock], 'inconclusive', 3],
    ['the runner itself was not heard', symptoms('pass'), [], [unheardRunner], 'inconclusive', 3],
  ] as const)('when %s is as it should be', (_when, seen, findings, holes, verdict, exitCode) => {
    expect(runVerdict([...seen], [...findings], [...holes])).toBe(verdict);
    expect(exitCodeOf({ verdict, symptoms: [...seen], findings: [...findings] })).toBe(exitCode);
  });

  test('of a run that did not come to its end is never healthy, and unhealthy where a symptom had failed', () => {
    expect(runVerdict(symptoms('pass', 'skipped'), [], [], false)).toBe('inconclusive');
    expect(runVerdict(symptoms('fail', 'skipped'), [], [], false)).toBe('unhealthy');
  });
});

describe('the exit code, by the least that is to fail a run', () => {
  const failed = symptoms('pass', 'fail');
  const change = (state: 'new' | 'still', place = 'a') => ({
    changes: {
      problems: [
        {
          code: 'hairpin-off',
          place,
          title: '',
          confidence: 'proved' as const,
          nodes: [],
          suites: [],
          state,
          since: '',
        },
      ],
    },
  });
  const entry = { code: 'hairpin-off', place: 'a', reason: 'known', until: '2099-01-01' };

  test.each([
    // [what, the report, inconclusive, fail, proved, new]
    ['healthy', { verdict: 'healthy', symptoms: symptoms('pass'), findings: [] }, [0, 0, 0, 0]],
    ['a part not observed', { verdict: 'inconclusive', symptoms: symptoms('pass'), findings: [] }, [3, 0, 0, 0]],
    ['nothing seen at all', { verdict: 'inconclusive', symptoms: symptoms('skipped'), findings: [] }, [3, 3, 3, 3]],
    ['a failure, no cause', { verdict: 'unhealthy', symptoms: failed, findings: [candidate] }, [1, 1, 0, 0]],
    [
      'a proved cause, new',
      { verdict: 'unhealthy', symptoms: failed, findings: [proved], ...change('new') },
      [1, 1, 1, 1],
    ],
    [
      'one that was there',
      { verdict: 'unhealthy', symptoms: failed, findings: [proved], ...change('still') },
      [1, 1, 1, 0],
    ],
    [
      'an accepted one is new, and beside it one that was there',
      {
        verdict: 'unhealthy',
        symptoms: failed,
        findings: [{ ...proved, accepted: entry }, candidate],
        acceptances: [{ ...entry, state: 'in-force' }],
        ...change('new'),
      },
      [1, 1, 0, 0],
    ],
    [
      'the same at another place than the accepted one',
      {
        verdict: 'unhealthy',
        symptoms: failed,
        findings: [proved],
        acceptances: [{ ...entry, state: 'in-force' }],
        ...change('new', 'b'),
      },
      [1, 1, 1, 1],
    ],
  ] satisfies [string, Parameters<typeof exitCodeOf>[0], number[]][])('of %s', (_what, report, codes) => {
    expect(FAIL_ON.map((failOn) => exitCodeOf(report, failOn))).toEqual(codes);
  });
});
