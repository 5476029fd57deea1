import { describe, expect, it } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import { Fleet } from '../../../helpers/observe/fleet.ts';
import { judgeReach, TOLERATED_LOSS } from '../../../helpers/observe/judges.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import type { ProbeResult } from '../../../helpers/probe/protocol.ts';

const series: PlannedProbe = {
  suite: 'pod-to-pod',
  kind: 'udp-echo',
  role: 'udp-small',
  source: { network: 'pod', node: 'a' },
  destination: { ip: '10.42.1.2', port: 8377 },
  asked: {},
  specs: [{ kind: 'udp-echo', host: '10.42.1.2', port: 8377, payloadBytes: 64, attempts: 10, timeoutMs: 100 }],
  judge: (results) => judgeReach(results, TOLERATED_LOSS),
  confirmTimes: 3,
};

/** Runs a series in a world that loses so many datagrams of each measurement, one after the other. */
async function observe(...losses: number[]) {
  const left = [...losses];
  const fleet = new Fleet(async () => ({
    close: () => {},
    runBatch: async ({ probes, batch }) => {
      const lost = left.shift() ?? 0;
      const results = probes.map((spec) => {
        const attempts = 'attempts' in spec ? (spec.attempts ?? 1) : 1;
        const result: ProbeResult = { batch, id: spec.id, attempts, succeeded: attempts - lost, timesMs: [], durationMs: 1, got: {}, ...(lost > 0 && { error: { kind: 'timeout', text: 'no answer' } }) };
        return [spec.id, result] as const;
      });
      return { results: new Map(results), missing: [] };
    },
  }));
  const [observed] = await execute([series], { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 });
  return { verdict: observed?.verdict, attempts: observed?.attempts, lostAtFirst: observed?.got['lostAtFirst'] };
}

describe('a series of datagrams that loses a part', () => {
  it('and loses a part of a longer one is judged by both together', async () => {
    expect(await observe(5, 4)).toMatchObject({ verdict: 'fail', attempts: 40 });
  });

  it('and nothing of a longer one has lost what a passing crowd took, and says how much that was', async () => {
    expect(await observe(5, 0)).toEqual({ verdict: 'pass', attempts: 30, lostAtFirst: 5 });
  });
});
