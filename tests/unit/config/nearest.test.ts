import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearestName } from '../../../helpers/config/nearest.ts';

test('a swap of neighbours is one edit', () => {
  expect(editDistance('SERIVCES', 'SERVICES')).toBe(1);
});

test('the distance of any two texts is symmetric, zero only for equal ones, and at most the longer length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test('a name with one letter left out is found again', () => {
  const known = ['PREFIX_NAMESPACE', 'PREFIX_SERVICES', 'PREFIX_TIMEOUT_MS'];
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(), (name, at) => {
      const index = 'PREFIX_'.length + (at % (name.length - 'PREFIX_'.length));
      expect(nearestName(name.slice(0, index) + name.slice(index + 1), known, 'PREFIX_')).toBe(name);
    }),
  );
});

test('what is near to nothing gets no suggestion', () => {
  expect(nearestName('PREFIX_ZZZZZZZZ', ['PREFIX_NAMESPACE'], 'PREFIX_')).toBeUndefined();
});
