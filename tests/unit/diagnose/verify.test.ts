import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../helpers/diagnose/catalogue/index.ts';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';

const sets = await readRecorded(fileURLToPath(new URL('recorded', import.meta.url)));
const proved = sets.flatMap(({ scenario, observations }) =>
  diagnose(observations)
    .findings.filter(({ confidence }) => confidence === 'proved')
    .map((finding) => ({ scenario, ...finding })),
);

/** A word in capitals that the reader would have to fill in. */
const BLANK = /(?<![\w-])(?:ADDRESS|NODE|NAME|SERVICE|HOST|POD)(?![\w-])/;

describe('what is printed beside a proved cause', () => {
  it('at verify ends by saying what is printed once it is fixed', () => {
    expect(proved.length).toBeGreaterThan(100);
    const silent = proved.filter(({ verify }) => !/ # prints \S/.test(verify));
    expect(silent.map(({ scenario, verify }) => `${scenario}: ${verify}`)).toEqual([]);
  });

  it('at verify can be typed as it stands', () => {
    const blank = proved.filter(({ verify }) => BLANK.test(verify.split(' # ')[0] ?? '') || /undefined/.test(verify));
    expect(blank.map(({ scenario, verify }) => `${scenario}: ${verify}`)).toEqual([]);
  });

  it('at remedy names the node where its place is one', () => {
    const placeless = proved.filter(
      ({ locations, remedy }) =>
        locations.some(({ node }) => node !== undefined) &&
        locations.length <= 4 &&
        !locations.some(({ node }) => node !== undefined && remedy.includes(node)),
    );
    expect(placeless.map(({ scenario, remedy }) => `${scenario}: ${remedy}`)).toEqual([]);
  });

  it('is known of every cause that a set is recorded of', () => {
    const codes = new Set(proved.map(({ code }) => code));
    expect(catalogue.filter(({ code }) => codes.has(code)).length).toBe(codes.size);
  });
});
