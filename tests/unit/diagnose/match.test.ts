import { expect, test } from 'vitest';
import { say } from '../../../helpers/diagnose/evidence/support.ts';
import { candidate, proved, provedIf } from '../../../helpers/diagnose/match.ts';
import { podToPod } from '../../support/cluster.ts';

const grounds = { at: { node: 'a' }, evidence: [say('it is down', 'o1')], impact: [], basis: [] };

test('a match is proved by what is there, and else a candidate', () => {
  expect(proved(grounds).confidence).toBe('proved');
  expect(candidate(grounds).confidence).toBe('candidate');
  expect([true, 'a line', 7, {}].map((each) => provedIf(each, grounds).confidence)).not.toContain('candidate');
  expect([false, '', 0, undefined, null].map((each) => provedIf(each, grounds).confidence)).not.toContain('proved');
});

test('evidence whose condition does not hold is left out', () => {
  const line: string | undefined = '';
  const evidence = [say('it is down', 'o1'), line && say(line), undefined, null, false as const];
  expect(proved({ ...grounds, evidence }).evidence).toEqual([{ text: 'it is down', observations: ['o1'] }]);
});

test('a match accounts for probes by themselves or by their ids', () => {
  expect(proved({ ...grounds, basis: [podToPod('a', 'b', { id: 'o7' }), 'o8'] }).basis).toEqual(['o7', 'o8']);
});
