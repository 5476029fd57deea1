import { describe, expect, it } from 'vitest';
import type { ProbeObservation, Verdict } from '../../../helpers/model/observation.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { observePaces } from '../../../helpers/observe/overlay/bursts/paces.ts';
import type { ProbeSpec } from '../../../helpers/probe/protocol.ts';
import { probeOf } from '../../support/observations.ts';
import { fleetThatAnswers } from './support/fleet.ts';

const control = (role: 'control-udp' | 'control-tcp', from: string, to: string, verdict: Verdict): ProbeObservation =>
  probeOf(role === 'control-udp' ? 'udp-echo' : 'tcp', {
    id: `${role}-${from}-${to}`,
    suite: 'overlay',
    role,
    pathClass: 'host-host',
    source: { network: 'host', node: from },
    destination: { network: 'host', node: to, ip: to, port: 18377 },
    verdict,
    ...(verdict === 'fail' && { errorKind: 'timeout' }),
    attempts: 10,
    succeeded: verdict === 'pass' ? 10 : 0,
  });

/**
 * Runs the paces in a world that answers so many of the datagrams that come at an interval; says what was asked and
 * heard.
 */
async function run(controls: ProbeObservation[], answers: (spec: ProbeSpec) => number): Promise<string[]> {
  const fleet = fleetThatAnswers((spec) =>
    spec.kind === 'facts' ? { attempts: 0, succeeded: 0 } : { attempts: spec.attempts ?? 1, succeeded: answers(spec) },
  );
  const seen = await observePaces(controls, 100, { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 });
  return seen.map(
    ({ role, source, destination, succeeded }) => `${role} ${source.node} ${destination.node} ${succeeded}`,
  );
}

const dead = [control('control-udp', 'a', 'b', 'fail'), control('control-tcp', 'a', 'b', 'pass')];
const slowly = (spec: ProbeSpec) => spec.kind === 'udp-echo' && (spec.intervalMs ?? 0) > 100;

describe('where UDP gets no answer and TCP does', () => {
  it('datagrams are sent slowly, and no more where these are lost too', async () => {
    expect(await run(dead, () => 0)).toEqual(['control-udp-slow a b 0']);
  });

  it('many are sent at once again where slow ones are answered', async () => {
    expect(await run(dead, (spec) => (slowly(spec) ? 5 : 0))).toEqual([
      'control-udp-slow a b 5',
      'control-udp-fast a b 0',
    ]);
  });

  it('of many such ways few are asked, so that all together stay slow', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const all = names.flatMap((from) =>
      names
        .filter((to) => to !== from)
        .flatMap((to) => [control('control-udp', from, to, 'fail'), control('control-tcp', from, to, 'pass')]),
    );
    expect(await run(all, () => 0)).toHaveLength(8);
  });
});

describe('nothing is sent slowly', () => {
  it.each([
    [
      'where the echo is answered',
      [control('control-udp', 'a', 'b', 'pass'), control('control-tcp', 'a', 'b', 'pass')],
    ],
    [
      'where TCP gets no answer either',
      [control('control-udp', 'a', 'b', 'fail'), control('control-tcp', 'a', 'b', 'fail')],
    ],
  ])('%s', async (_, controls) => {
    expect(await run(controls, () => 5)).toEqual([]);
  });
});
