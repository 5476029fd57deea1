import { describe, expect, it } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { probeOf } from '../../support/observations.ts';
import { connectionTo } from '../../support/planned.ts';
import { fleetThatAnswers } from './support/fleet.ts';

const TIMEOUT_MS = 100;

const probe = (ip: string, port: number): PlannedProbe => connectionTo(ip, port, TIMEOUT_MS);

/** Runs probes in a world in which an address answers after so many milliseconds at a port, if at all. */
async function run(
  probes: PlannedProbe[],
  answersAfterMs: (ip: string, port: number) => number,
  recoversAfter = Infinity,
  { hasFailed = false, silent = 0 } = {},
) {
  const batches: number[] = [];
  const fleet = fleetThatAnswers(
    (spec) => {
      const afterMs = 'host' in spec ? answersAfterMs(spec.host, spec.port) : Infinity;
      const up = 'timeoutMs' in spec && (afterMs <= spec.timeoutMs || batches.length > recoversAfter);
      return { succeeded: up ? 1 : 0, timesMs: up ? [afterMs] : [] };
    },
    ({ probes: specs }) => void batches.push(specs.length),
  );
  const recorder = new Recorder(undefined, 't');
  if (hasFailed) recorder.probe(probeOf('tcp', { verdict: 'fail', errorKind: 'refused' }));
  for (let count = 0; count < silent; count += 1)
    recorder.probe(probeOf('tcp', { verdict: 'fail', errorKind: 'timeout' }));
  const observed = await execute(probes, { fleet, recorder, concurrency: 4 });
  return {
    failed: observed
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ destination: { ip, port } }) => `${ip}:${port}`),
    batches,
  };
}

const many = Array.from({ length: 20 }, (_, index) => probe('10.0.0.1', 8000 + index));

describe('a probe that times out', () => {
  it('among many that pass is asked once more, with twice the time, and passes if it was only slow', async () => {
    expect(await run([...many, probe('10.0.0.2', 80)], (ip) => (ip === '10.0.0.2' ? TIMEOUT_MS * 1.5 : 1))).toEqual({
      failed: [],
      batches: [21, 1],
    });
  });

  it('with all of its datagrams, among much that passed on the same way, is asked once more too', async () => {
    const datagrams = { ...probe('10.0.0.1', 9000), confirmTimes: 3 };
    expect(await run([...many, datagrams], (_, port) => (port === 9000 ? TIMEOUT_MS * 1.5 : 1))).toEqual({
      failed: [],
      batches: [21, 1],
    });
  });

  it('is not asked again in an outage, which is waited for once, unless its agent is slow in all', async () => {
    const late = (ip: string) => (ip === '10.0.0.2' ? TIMEOUT_MS * 1.5 : 1);
    const slow = (ip: string) => (ip === '10.0.0.2' ? TIMEOUT_MS * 1.5 : TIMEOUT_MS / 2);
    const probes = [...many, probe('10.0.0.2', 80)];
    expect((await run(probes, late, Infinity, { silent: 5 })).batches).toEqual([21]);
    expect((await run(probes, late, Infinity, { silent: 4 })).batches).toEqual([21, 1]);
    expect((await run(probes, slow, Infinity, { silent: 5 })).batches).toEqual([21, 1]);
  });

  it('among many that pass fails when it is silent the second time too', async () => {
    expect(await run([...many, probe('10.0.0.2', 80)], (ip) => (ip === '10.0.0.2' ? Infinity : 1))).toEqual({
      failed: ['10.0.0.2:80'],
      batches: [21, 1],
    });
  });

  it('is waited for once where all fails that took its way', async () => {
    const silent = [80, 81, 82].map((port) => probe('10.0.0.2', port));
    expect(await run([...many, ...silent], (ip) => (ip === '10.0.0.2' ? Infinity : 1))).toMatchObject({
      failed: ['10.0.0.2:80', '10.0.0.2:81', '10.0.0.2:82'],
      batches: [23],
    });
  });

  it('is waited for once where much else times out', async () => {
    const { batches } = await run(
      [...many, ...many.map((each, index) => probe(`10.0.1.${index}`, each.destination.port ?? 0))],
      (ip) => (ip === '10.0.0.1' ? 1 : Infinity),
    );
    expect(batches).toEqual([40]);
  });

  describe('as much else does, where what passes is late as well,', () => {
    const others = many.map((each, index) => probe(`10.0.1.${index}`, each.destination.port ?? 0));
    const lateness = (ip: string) => (ip === '10.0.0.1' ? TIMEOUT_MS * 0.5 : Infinity);

    it(
      'and nothing has failed before, is asked again with a few ' + 'others, and has failed when these fail again',
      async () => {
        const { batches, failed } = await run([...many, ...others], lateness);
        expect({ batches, failed: failed.length }).toEqual({ batches: [40, 4], failed: 20 });
      },
    );

    it('and nothing has failed before, is asked again when some of these pass now', async () => {
      expect(await run([...many, ...others], lateness, 1)).toEqual({ batches: [40, 4, 16], failed: [] });
    });

    it('and something has failed before, is asked no second time', async () => {
      expect((await run([...many, ...others], lateness, Infinity, { hasFailed: true })).batches).toEqual([40]);
    });
  });
});
