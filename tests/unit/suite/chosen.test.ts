import { describe, expect, it } from 'vitest';
import type { ProbeObservation } from '../../../helpers/model/observation.ts';
import { chosenBy } from '../../../helpers/suite/declaration.ts';
import { podToPod } from '../../support/cluster.ts';

const passing = podToPod('a', 'b');
const denied: ProbeObservation = { ...podToPod('a', 'c'), expectation: 'must-be-dropped' };
const aside: ProbeObservation = { ...podToPod('a', 'd'), verdict: 'evidence', reason: 'need not be open' };
const select = ({ source }: ProbeObservation) => source.node === 'a';
const all = [passing, denied, aside, podToPod('b', 'a')];

describe('a symptom', () => {
  it('rests on what it selects among the probes that must pass, where it says nothing else', () => {
    expect(chosenBy({ select }, all)).toEqual([passing]);
  });

  it('that expects a drop rests on the probes that must be dropped, and on no other', () => {
    expect(chosenBy({ select, expects: 'must-be-dropped' }, all)).toEqual([denied]);
  });
});
