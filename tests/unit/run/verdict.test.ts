import { describe, expect, test } from 'vitest';
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
    expect(exitCodeOf(verdict)).toBe(exitCode);
  });

  test('of a run that did not come to its end is never healthy, and unhealthy where a symptom had failed', () => {
    expect(runVerdict(symptoms('pass', 'skipped'), [], [], false)).toBe('inconclusive');
    expect(runVerdict(symptoms('fail', 'skipped'), [], [], false)).toBe('unhealthy');
  });
});
