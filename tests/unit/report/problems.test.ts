import { describe, expect, it } from 'vitest';
import type { Finding, Unexplained } from '../../../helpers/model/finding.ts';
import { problemsOf, problemsText } from '../../../helpers/report/problems.ts';

const finding = (code: string, confidence: Finding['confidence'], rivals: string[] = []): Finding => ({
  code,
  title: `the fault ${code}`,
  confidence,
  locations: [],
  evidence: [],
  remedy: '',
  verify: '',
  rivals,
  explains: { findings: [], observations: [] },
});
const group = (title: string, isOwnProblem = true): Unexplained => ({
  title,
  location: {},
  observations: ['p1'],
  confirm: '',
  isOwnProblem,
});
const text = (findings: Finding[], unexplainedGroups: Unexplained[] = []) =>
  problemsText(problemsOf({ findings, unexplainedGroups }));

describe('the problems of a cluster', () => {
  it('are its proved causes, each by itself', () => {
    expect(text([finding('x', 'proved')])).toBe('the fault x');
    expect(text([finding('x', 'proved'), finding('y', 'proved'), finding('z', 'proved')])).toBe(
      '3 problems: the fault x; the fault y; and 1 more',
    );
  });

  it('count candidates that explain the same once, and those that explain something else by themselves', () => {
    expect(text([finding('x', 'candidate', ['y']), finding('y', 'candidate', ['x'])])).toBe(
      'likely the fault x; no cause is proved',
    );
    expect(text([finding('x', 'candidate'), finding('y', 'candidate')])).toBe(
      '2 problems: likely the fault x; likely the fault y',
    );
  });

  it('count a cause once that is proved at one place and likely at another', () => {
    expect(text([finding('x', 'proved'), finding('x', 'candidate')])).toBe('the fault x');
  });

  it('count failures that no cause explains, unless they may be the far end of one', () => {
    expect(text([finding('x', 'proved')], [group('b refuses https')])).toBe('2 problems: the fault x; b refuses https');
    expect(text([finding('x', 'proved')], [group('b is silent', false)])).toBe('the fault x');
  });

  it('are none where nothing failed', () => {
    expect(text([])).toBeUndefined();
  });
});
