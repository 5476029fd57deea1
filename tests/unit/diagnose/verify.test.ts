import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../helpers/diagnose/catalogue/index.ts';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';

const sets = await readRecorded(fileURLToPath(new URL('recorded', import.meta.url)));
const found = sets.flatMap(({ scenario, observations }) =>
  [observations, observations.filter((each) => each.type !== 'fact' || each.source !== 'ssh')].flatMap((own) =>
    diagnose(own).findings.map((finding) => ({ scenario, ...finding })),
  ),
);
const proved = found.filter(({ confidence }) => confidence === 'proved');

/** A word in capitals that the reader would have to fill in. */
const BLANK = /(?<![\w-])(?:ADDRESS|NODE|NAME|SERVICE|HOST|POD|SERVER)(?![\w-])/;

describe('what is printed beside a proved cause', () => {
  it('at verify ends by saying what is printed once it is fixed', () => {
    expect(proved.length).toBeGreaterThan(100);
    const silent = proved.filter(({ verify }) => !/ # prints \S/.test(verify));
    expect(silent.map(({ scenario, verify }) => `${scenario}: ${verify}`)).toEqual([]);
  });

  it('or beside a candidate can be typed as it stands', () => {
    const blank = found.filter(
      ({ verify, remedy, title }) =>
        BLANK.test(verify.split(' # ')[0] ?? '') || /undefined/.test(`${verify} ${remedy} ${title}`),
    );
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
