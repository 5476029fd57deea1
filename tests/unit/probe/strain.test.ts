import { expect, test } from 'vitest';
import { readAgentLine } from '../../../helpers/probe/agent-line.ts';
import { watchStrain } from '../../../helpers/probe/agent/strain.ts';

test('an agent tells for how long it could not run, of a stall that has only just ended too', async () => {
  const seen = watchStrain();
  const endMs = performance.now() + 400;
  while (performance.now() < endMs);
  const strain = await seen();
  expect(strain.longestStallMs).toBeGreaterThan(300);
  expect(strain.processors).toBeGreaterThan(0);
});

test('the end of a batch is read with and without what the agent says of its node', () => {
  const done = { batch: 'a', done: true, durationMs: 5 };
  expect(readAgentLine(JSON.stringify(done))).toEqual(done);
  const strained = { ...done, strain: { longestStallMs: 3, processors: 2, runnable: 4 } };
  expect(readAgentLine(JSON.stringify(strained))).toEqual(strained);
});
