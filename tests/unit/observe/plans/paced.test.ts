import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Planned, SpecOf } from '../../../../helpers/observe/planned-probe.ts';
import { paced } from '../../../../helpers/observe/plans/paced.ts';
import { plannedOf } from '../../../support/planned.ts';

const question = (transport: 'udp' | 'tcp'): SpecOf['dns'] => ({
  kind: 'dns',
  host: '10.43.0.10',
  port: 53,
  name: 'a',
  recordType: 'A',
  transport,
  timeoutMs: 1,
});
const ask = (...specs: SpecOf['dns'][]): Planned<'dns'> => plannedOf('dns', specs);

const startsOf = (probes: Planned[]): number[] =>
  paced(probes).flatMap(({ specs }) => specs.map(({ startAfterMs = 0 }) => startAfterMs));

describe('questions to a name server', () => {
  it('by UDP are never more than one a millisecond, of however many agents, up to what five seconds hold', () => {
    assert(
      property(integer({ min: 1, max: 2_500 }), (count) => {
        const starts = startsOf(Array.from({ length: count }, () => ask(question('udp'), question('udp'))));
        expect(new Set(starts).size).toBe(count * 2);
      }),
      { numRuns: 20 },
    );
  });

  it('by UDP come closer where there are so many that a run would wait for them', () => {
    const starts = startsOf(Array.from({ length: 20_000 }, () => ask(question('udp'), question('udp'))));
    expect(Math.max(...starts)).toBeLessThanOrEqual(5_000);
  });

  it('that are asked twice are asked the second time when all have been asked once', () => {
    expect(startsOf([ask(question('udp'), question('udp')), ask(question('udp'), question('udp'))])).toEqual([
      0, 2, 1, 3,
    ]);
  });

  it('by TCP begin at once, since what a listener cannot take is sent again', () => {
    expect(startsOf([ask(question('udp')), ask(question('tcp')), ask(question('udp'))])).toEqual([0, 0, 1]);
  });
});
