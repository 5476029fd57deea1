import { describe, expect, it } from 'vitest';
import type { ProbeObservation } from '../../../helpers/model/observation.ts';
import { chosenBy, closedPorts } from '../../../helpers/suite/declaration.ts';
import { podToPod } from '../../support/cluster.ts';
import { at, probeOf } from '../../support/observations.ts';

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

describe('a closed port that need not be open', () => {
  const closed = (from: string, to: string) =>
    probeOf('udp-echo', {
      role: 'control-udp',
      suite: 'overlay',
      source: at('host', from),
      destination: at('host', to, { port: 18377 }),
      verdict: 'evidence',
      errorKind: 'timeout',
    });

  it('is named with its place by the symptom that would have been seen there', () => {
    expect(closedPorts({ select }, [closed('a', 'b'), passing])).toBe(
      "a firewall closes UDP 18377 from a to b: Netwright's own, which nothing else needs",
    );
    expect(closedPorts({ select: () => true }, [closed('a', 'b'), closed('b', 'a')])).toBe(
      "a firewall closes UDP 18377 for 2 ordered pairs of nodes: Netwright's own, which nothing else needs",
    );
  });

  it('is not spoken of where there is none', () => {
    expect(closedPorts({ select }, all)).toBeUndefined();
  });
});
