import { describe, expect, it } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import { judgeReach } from '../../../helpers/observe/judges.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { probeOf } from '../../support/observations.ts';
import { plannedOf } from '../../support/planned.ts';
import { fleetThatAnswers } from './support/fleet.ts';
import { TOLERATED_LOSS } from '../../../helpers/model/thresholds.ts';

const series: PlannedProbe = plannedOf(
  'udp-echo',
  [{ kind: 'udp-echo', host: '10.42.1.2', port: 8377, payloadBytes: 64, attempts: 10, timeoutMs: 100 }],
  { judge: (results) => judgeReach(results, TOLERATED_LOSS), confirmTimes: 3 },
);

/** So many probes timed out before: an outage. */
const SILENT_BEFORE = 5;

/** Runs a series in a world that loses so many datagrams of each measurement, one after the other. */
async function observe(losses: number[], { isOutage = false } = {}) {
  const left = [...losses];
  const recorder = new Recorder(undefined, 't');
  for (let count = 0; count < (isOutage ? SILENT_BEFORE : 0); count += 1)
    recorder.probe(probeOf('tcp', { verdict: 'fail', errorKind: 'timeout' }));
  let lost = 0;
  const fleet = fleetThatAnswers(
    (spec) => {
      const attempts = 'attempts' in spec ? (spec.attempts ?? 1) : 1;
      return { attempts, succeeded: attempts - lost };
    },
    () => void (lost = left.shift() ?? 0),
  );
  const [observed] = await execute([series], { fleet, recorder, concurrency: 4 });
  return {
    verdict: observed?.verdict,
    attempts: observed?.attempts,
    lostAtFirst: observed?.kind === 'udp-echo' ? observed.got.lostAtFirst : undefined,
  };
}

describe('a series of datagrams that loses a part', () => {
  it('and loses a part of a longer one is judged by both together', async () => {
    expect(await observe([5, 4])).toMatchObject({ verdict: 'fail', attempts: 40 });
  });

  it('and nothing of a longer one has lost what a passing crowd took, and says how much that was', async () => {
    expect(await observe([5, 0])).toEqual({ verdict: 'pass', attempts: 30, lostAtFirst: 5 });
  });

  it('is not measured again in an outage where half and more are lost: that is no chance', async () => {
    expect(await observe([5, 0], { isOutage: true })).toMatchObject({ verdict: 'fail', attempts: 10 });
    expect(await observe([4, 0], { isOutage: true })).toMatchObject({ verdict: 'pass', attempts: 30 });
  });
});
