import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import type { Observation } from '../../../helpers/model/observation.ts';
import { closedPortsAsEvidence } from '../../../helpers/observe/closed-ports.ts';
import { readRecorded, withoutSsh } from '../../../lab/accuracy/recorded.ts';

const sets = await readRecorded(fileURLToPath(new URL('recorded', import.meta.url)));

/** Observations of older runs, in which a closed port that need not be open still failed, as a run records them now. */
function asRecordedNow(observations: Observation[]): Observation[] {
  const probes = observations.flatMap((each) => (each.type === 'probe' ? [each] : []));
  const now = [...Map.groupBy(probes, ({ suite }) => suite).values()].flatMap(closedPortsAsEvidence);
  const byId = new Map<string, Observation>(now.map((probe) => [probe.id, probe]));
  return observations.map((each) => byId.get(each.id) ?? each);
}

const brief = (observations: Observation[]) =>
  diagnose(observations).findings.map(({ code, confidence, locations }) => ({ code, confidence, locations }));

const touched = sets
  .map(({ scenario, observations }) => ({ scenario, observations, now: asRecordedNow(observations) }))
  .filter(({ observations, now }) => now.some((each, index) => each !== observations[index]));

describe('a closed port that need not be open', () => {
  it('is seen in recordings of filters and firewalls', () => {
    expect(touched.map(({ scenario }) => scenario)).toContain('firewall-inbound-deny/one-node');
  });

  it.each(touched.map((set) => [set.scenario, set] as const))(
    '%s: tells the diagnosis as evidence what it told as a failure',
    (_, { observations, now }) => {
      expect(brief(now)).toEqual(brief(observations));
      expect(brief(withoutSsh(now))).toEqual(brief(withoutSsh(observations)));
    },
  );
});
