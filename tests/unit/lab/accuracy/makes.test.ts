import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../../lab/faults/index.ts';
import { makesPart, makesPartOf, withMakesPart } from '../../../../lab/accuracy/makes-document.ts';
import {
  missedSymptoms,
  scenariosOf,
  TRIED,
  type MakeOutcome,
  type MakeScenario,
} from '../../../../lab/accuracy/makes.ts';
import { parseMakes } from '../../../../lab/makes/index.ts';

const nftables = { make: 'proxy=nftables' };
const sound = scenariosOf(nftables, 1)[0] as MakeScenario;
const fault = scenariosOf(nftables, 0)[0] as MakeScenario;

const outcome = (over: Partial<MakeOutcome>): MakeOutcome => ({
  scenario: sound,
  inForce: [],
  nodes: [],
  verdict: 'healthy',
  findings: [],
  withoutSsh: [],
  failedSymptoms: 0,
  diagnosisMs: 1,
  totalMs: 1,
  skipped: [],
  ...over,
});

const named = (code: string) => [{ code, confidence: 'proved' as const, locations: [], evidence: [] }];

describe('the makes that are measured', () => {
  it('can each be brought up, and have faults that there are', () => {
    const known = new Set(FAULTS.map(({ id }) => id));
    for (const tried of TRIED) {
      expect(() => parseMakes(tried.make)).not.toThrow();
      for (const { faults } of scenariosOf(tried, 1)) for (const { id } of faults) expect(known).toContain(id);
    }
    expect(TRIED.filter(({ without = [] }) => without.length === 0).length).toBeGreaterThanOrEqual(6);
  });

  it('are not blamed for symptoms that they cannot show', () => {
    const unset = 'SSH is not configured (NETWRIGHT_SSH_USER)';
    const missed = (text: string, configured = true) =>
      missedSymptoms(outcome({ scenario: { ...sound, configured }, skipped: [text] }));
    expect(missed('refused at localhost and answered at 10.0.0.1')).toEqual([]);
    expect(missed(unset, false)).toEqual([]);
    expect(missed(unset)).toEqual([unset]);
  });
});

describe("the document's part on makes", () => {
  it('counts false alarms and missed symptoms of sound runs', () => {
    const part = makesPart([
      outcome({}),
      outcome({ verdict: 'unhealthy', findings: named('x'), skipped: ['s, t: why'] }),
    ]);
    expect(part).toContain('False alarms: 1 in 2 runs.');
    expect(part).toContain('| `proxy=nftables` | yes | 2 | 1 | x | 1 | s, t: why |');
  });

  it('names a fault that was missed, and a name that was wrong', () => {
    const inForce = [{ id: 'a/b', code: 'a', where: {}, expected: [] }];
    expect(makesPart([outcome({ scenario: fault, inForce, findings: named('a') })])).toContain('1 of 1 runs proved');
    expect(makesPart([outcome({ scenario: fault, inForce, findings: named('b') })])).toContain(
      '**missed**, **wrong: b**',
    );
  });

  it('replaces its own part of a document, and nothing else', () => {
    const document = withMakesPart('# A\n\ntext\n', '## Makes of the lab\n\none\n');
    expect(document).toBe('# A\n\ntext\n\n## Makes of the lab\n\none\n');
    expect(withMakesPart(`${document}\n## B\n\nend\n`, '## Makes of the lab\n\ntwo\n')).toBe(
      '# A\n\ntext\n\n## Makes of the lab\n\ntwo\n\n## B\n\nend\n',
    );
    expect(makesPartOf(document)).toBe('## Makes of the lab\n\none\n');
    expect(makesPartOf('# A\n')).toBeUndefined();
    const both = withMakesPart(document, '## Calico\n\nthree\n');
    expect(makesPartOf(both, 'calico')).toBe('## Calico\n\nthree\n');
    expect(makesPartOf(both)?.trimEnd()).toBe('## Makes of the lab\n\none');
  });
});
