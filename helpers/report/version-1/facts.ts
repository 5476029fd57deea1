import { z } from 'zod';
import { factToday } from './fact-values.ts';

/** A fact of version 1, as far as it is read to make one of version 2. */
export const factOfVersion1 = z.looseObject({
  v: z.literal(1),
  id: z.string(),
  at: z.string(),
  type: z.literal('fact'),
  source: z.string(),
  node: z.string().optional(),
  key: z.string(),
  value: z.unknown(),
  notObserved: z.string().optional(),
});
export type FactOfVersion1 = z.infer<typeof factOfVersion1>;

/** A fact of version 1 in the shape of version 2; undefined for one that version 2 does not have. Pure. */
export function upgradeFact(fact: FactOfVersion1): object | undefined {
  const today = factToday(fact);
  return today && { ...fact, v: 2, ...today };
}
