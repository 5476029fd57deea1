import { expect, test } from 'vitest';
import { Absence } from '../../../helpers/observe/absence.ts';

function away(...failedAtMs: number[]) {
  let nowMs = 0;
  const absence = new Absence(() => nowMs);
  for (const each of failedAtMs) {
    nowMs = each;
    absence.failed(`failed at ${each}`);
  }
  return { absence, at: (ms: number) => ((nowMs = ms), absence.leftAlone()) };
}

test('After one failure somebody is asked again at once', () => {
  expect(away(10_000).at(10_000)).toBeUndefined();
});

test('After two it is left alone as long as it has been away, and asked then', () => {
  const { at } = away(10_000, 20_000);
  expect([at(20_001), at(29_999), at(30_000)]).toEqual(['failed at 20000', 'failed at 20000', undefined]);
});

test('The longer it stays away the less it is asked', () => {
  const { at } = away(10_000, 20_000, 40_000);
  expect([at(69_999), at(70_000)]).toEqual(['failed at 40000', undefined]);
});

test('Failures that come at once do not keep it away', () => {
  expect(away(10_000, 10_000, 10_000).at(10_000)).toBeUndefined();
});

test('Once it has answered it is asked as if it had never been away', () => {
  const { absence, at } = away(10_000, 20_000);
  absence.answered();
  absence.failed('again');
  expect(at(20_001)).toBeUndefined();
});
