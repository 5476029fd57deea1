import { z } from 'zod';

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
});
export type FactOfVersion1 = z.infer<typeof factOfVersion1>;

/** A fact of version 1 in the shape of version 2. Pure. */
export const upgradeFact = (fact: FactOfVersion1): object => ({ ...fact, v: 2 });
