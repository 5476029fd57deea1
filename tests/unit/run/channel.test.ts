import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { OBSERVATION_VERSION, type Observation } from '../../../helpers/model/observation.ts';
import { openRunEnd, openSuitesEnd, type RunEnd, type SuitesEnd } from '../../../helpers/run/channel.ts';

const observation = (id: string): Observation => ({
  v: OBSERVATION_VERSION,
  type: 'fact',
  id,
  source: 'runner',
  key: 'cost',
  value: { process: 1, apiCalls: 0, execs: 0 },
  at: '2026-01-01T00:00:00.000Z',
});

const opened: (RunEnd | SuitesEnd)[] = [];
afterEach(() => {
  for (const end of opened.splice(0)) end.close();
});

function runEnd(runId: string) {
  const taken: string[] = [];
  const end = openRunEnd(runId, (observations) => void taken.push(...observations.map(({ id }) => id)));
  opened.push(end);
  return { end, taken };
}

function suitesEnd(runId: string) {
  let interruptions = 0;
  const end = openSuitesEnd(runId, () => (interruptions += 1));
  opened.push(end);
  return { end, interruptions: () => interruptions };
}

describe('what suites observe', () => {
  it('has been taken, in order, when that is waited for', async () => {
    const { taken } = runEnd('a');
    const suites = suitesEnd('a');
    suites.end.send([observation('s1'), observation('s2')]);
    suites.end.send([observation('s3')]);
    await suites.end.taken();
    expect(taken).toEqual(['s1', 's2', 's3']);
  });

  it('is not called taken while nobody has taken it', async () => {
    const suites = suitesEnd('b');
    suites.end.send([observation('s1')]);
    const first = await Promise.race([suites.end.taken().then(() => 'taken'), sleep(50).then(() => 'waiting')]);
    expect(first).toBe('waiting');
  });

  it('goes to its own run only', async () => {
    const [own, other] = [runEnd('c'), runEnd('d')];
    const suites = suitesEnd('c');
    suites.end.send([observation('s1')]);
    await suites.end.taken();
    await sleep(20);
    expect([own.taken, other.taken]).toEqual([['s1'], []]);
  });
});

describe('an interruption', () => {
  it('reaches the suites', async () => {
    const { end } = runEnd('e');
    const suites = suitesEnd('e');
    await expect.poll(suites.interruptions).toBe(0);
    end.interrupt();
    await expect.poll(suites.interruptions).toBeGreaterThan(0);
  });

  it('reaches suites that join after it', async () => {
    const { end } = runEnd('f');
    end.interrupt();
    const suites = suitesEnd('f');
    await expect.poll(suites.interruptions).toBe(1);
  });
});
