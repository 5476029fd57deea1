import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { probeSchema } from '../../../helpers/model/probe-observation.ts';
import { judge } from '../../../lab/accuracy/judge.ts';
import { readRecorded, withoutSsh } from '../../../lab/accuracy/recorded.ts';
import { FAULTS } from '../../../lab/faults/index.ts';

// What real runs observed while the named fault was in force on a lab; npm run accuracy -- --record writes them.
const FOLDER = fileURLToPath(new URL('recorded', import.meta.url));
const sets = await readRecorded(FOLDER);
const broken = sets.filter(({ inForce }) => inForce.length > 0);
/** What has to be left open: no cause of the catalogue, or one that would be read only now. */
const open = sets.filter(({ inForce }) => inForce.length === 0);

describe('a recorded probe', () => {
  it('has just the fields of its kind', () => {
    const unknown = sets.flatMap(({ scenario, observations }) =>
      observations
        .filter((each) => each.type === 'probe' && !isDeepStrictEqual(probeSchema.parse(each), each))
        .map(({ id }) => `${scenario} ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('what was observed under a fault', () => {
  it('is recorded for every fault that the lab has', () => {
    const recorded = new Set(broken.flatMap(({ inForce }) => inForce.map(({ id }) => id)));
    // What only a lab of both families can have is held by observations made by hand: causes/<code>.test.ts.
    expect(FAULTS.filter(({ id, families }) => !families && !recorded.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it.each(broken.map((set) => [set.scenario, set] as const))(
    '%s: proves it at its place, first of all, and nothing that is not',
    (_, { inForce, observations, nodes }) => {
      const judged = judge(inForce, diagnose(observations).findings, nodes);
      // In the shadow of an outage one of two may be no more than likely.
      const named = inForce.length > 1 ? ['proved', 'candidate'] : ['proved'];
      expect({
        unnamed: judged.faults.filter(({ naming }) => !named.includes(naming)).map(({ id }) => id),
        first: judged.faults.some(({ first }) => first),
        wrong: judged.wrong,
      }).toEqual({ unnamed: [], first: true, wrong: [] });
    },
  );

  it.each(broken.map((set) => [set.scenario, set] as const))(
    '%s: proves nothing wrong without what SSH showed',
    (_, { inForce, observations, nodes }) => {
      const { wrong, faults } = judge(inForce, diagnose(withoutSsh(observations)).findings, nodes);
      expect({ wrong, misplaced: faults.filter(({ naming }) => naming === 'wrong-place') }).toEqual({
        wrong: [],
        misplaced: [],
      });
    },
  );

  it.each(open.map((set) => [set.scenario, set] as const))(
    '%s: proves nothing, and says what is likely',
    (_, { observations }) => {
      const { findings } = diagnose(observations);
      expect(findings.filter(({ confidence }) => confidence === 'proved').map(({ code }) => code)).toEqual([]);
      expect(findings.length).toBeGreaterThan(0);
    },
  );
});
