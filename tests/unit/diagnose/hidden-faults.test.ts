import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';

// What real runs observed of two faults of which one is seen only past the other.
const sets = await readRecorded(fileURLToPath(new URL('hidden', import.meta.url)));
const [set] = sets;

test('what keeps pods from Services is proved though another node’s fault cuts off some of the endpoints', () => {
  const { findings, groups } = diagnose(set?.observations ?? []);
  const proved = findings.filter(({ confidence }) => confidence === 'proved');
  expect(proved.map(({ code, locations }) => [code, locations])).toEqual(
    set?.inForce.map(({ code, expected }) => [code, expected]),
  );
  // A CoreDNS on that node knows no name of what was made in the run: that follows from it, and is no problem beside.
  expect(findings).toHaveLength(2);
  expect(groups.filter(({ isOwnProblem }) => isOwnProblem)).toEqual([]);
});
