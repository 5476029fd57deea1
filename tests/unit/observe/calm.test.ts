import { describe, expect, it } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import type { SuiteName } from '../../../helpers/model/suites.ts';
import { connectionTo } from '../../support/planned.ts';
import { fleetThatAnswers } from './support/fleet.ts';

const probe = (suite: SuiteName, ip: string): PlannedProbe =>
  connectionTo(ip, 80, 10, { suite, source: { network: 'runner' } });

/**
 * A fleet whose batches end when the test says so, each answering all but the late address, which answers where it has
 * been asked before.
 */
function heldFleet(late: string) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const asked = new Set<string>();
  const fleet = fleetThatAnswers(
    (spec) => {
      const host = 'host' in spec ? spec.host : '';
      const isUp = host !== late || asked.has(host);
      asked.add(host);
      return { succeeded: isUp ? 1 : 0 };
    },
    ({ batch }) => {
      begun.push(batch);
      return new Promise<void>((resolve) => ends.set(batch, resolve));
    },
  );
  return { fleet, begun, end: (batch: string) => ends.get(batch)?.() };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
};

describe('while another suite still asks for the first time', () => {
  it('a probe that may be late only waits with its second try, and has it when the other has ended', async () => {
    const { fleet, begun, end } = heldFleet('10.0.0.9');
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    const nodePort = execute([probe('node-port', '10.0.0.1'), probe('node-port', '10.0.0.9')], options);
    const ingress = execute([probe('ingress', '10.0.0.2')], options);
    await turns();
    end('node-port');
    await turns();
    expect(begun).toEqual(['node-port', 'ingress']);
    end('ingress');
    await ingress;
    await turns();
    expect(begun).toEqual(['node-port', 'ingress', 'node-port-again']);
    end('node-port-again');
    expect((await nodePort).map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  });

  it('a suite without anything late waits for nobody', async () => {
    const { fleet, end } = heldFleet('none');
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    const nodePort = execute([probe('node-port', '10.0.0.1')], options);
    const ingress = execute([probe('ingress', '10.0.0.2')], options);
    await turns();
    end('node-port');
    expect(await nodePort).toHaveLength(1);
    end('ingress');
    await ingress;
  });
});
