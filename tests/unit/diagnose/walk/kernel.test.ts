import { expect, test } from 'vitest';
import { canMakeNamespaces } from '../../probe/support/netns.ts';
import { runAgainstKernel } from '../../../support/walk/run.ts';

const STATES = 510;
const SEED = 20_261;
/** Of walks, those that may leave something open. */
const MOST_OPEN_SHARE = 0.05;
/** A machine with two cores needs a minute; busy ones need several. */
const TIMEOUT_MS = 600_000;

test.skipIf(!canMakeNamespaces)(
  `walks of packets through ${STATES} random states of a router agree with its kernel`,
  async () => {
    const { states, packets, open, disagreements } = await runAgainstKernel(STATES, SEED);
    expect(disagreements).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(STATES);
    expect(open.length / packets).toBeLessThan(MOST_OPEN_SHARE);
  },
  TIMEOUT_MS,
);
