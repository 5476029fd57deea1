import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../helpers/model/observation.ts';
import { followText, isFollower } from '../../../helpers/report/follow.ts';
import { renderJunit } from '../../../helpers/report/junit.ts';
import { filtered, recorded, refusing, reportOn } from './recorded-report.ts';

const failedIn = (observations: readonly Observation[]): string[] =>
  observations.flatMap((each) => (each.type === 'probe' && each.verdict === 'fail' ? [each.id] : [])).toSorted();

describe('what a finding explains', () => {
  it('is, with what is unexplained, every failed probe', () => {
    for (const seen of [filtered, refusing(filtered), recorded('coredns-replica-dead')]) {
      const { findings, unexplained } = reportOn(seen);
      const told = [...new Set([...findings.flatMap(({ explains }) => explains.observations), ...unexplained])];
      expect(told.toSorted()).toEqual(failedIn(seen));
    }
  });

  it('names the symptoms that fail by it', () => {
    const { findings, symptoms } = reportOn(filtered);
    const failed = symptoms.filter(({ verdict }) => verdict === 'fail').map(({ title }) => title);
    expect(findings[0]?.explains.symptoms.map(({ title }) => title)).toEqual(failed);
  });
});

describe('a failed symptom', () => {
  it('follows from the one cause that accounts for all of its failed probes', () => {
    const failed = reportOn(filtered).symptoms.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ followsFrom }) => followText(followsFrom)?.slice(0, 41))).toEqual(
      failed.map(() => 'follows from vxlan-port-filtered-in-path '),
    );
    expect(failed.every(({ followsFrom }) => isFollower(followsFrom))).toBe(true);
  });

  it('follows from nothing where one of its probes fails for another reason', () => {
    const { symptoms } = reportOn(refusing(filtered));
    const https = symptoms.find(
      ({ title }) => title === 'every host answers over https on every node that runs the ingress',
    );
    expect(https).toMatchObject({ verdict: 'fail', followsFrom: [] });
  });

  it('may follow from a candidate, and is no follower then', () => {
    expect(followText([{ code: 'a', confidence: 'candidate', place: 'b' }])).toBe('may follow from a at b');
    expect(isFollower([{ code: 'a', confidence: 'candidate', place: 'b' }])).toBe(false);
  });
});

describe('failures in junit.xml', () => {
  it('are the problems: the cause, and what follows from none', () => {
    const failures = (observations: readonly Observation[]) =>
      / failures="(\d+)"/.exec(renderJunit(reportOn(observations)))?.[1];
    expect(failures(filtered)).toBe('1');
    // The refusal is a problem of its own, and the symptom that shows it fails for nothing else.
    expect(failures(refusing(filtered))).toBe('3');
  });
});
