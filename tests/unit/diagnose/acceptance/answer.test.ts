import { describe, expect, it } from 'vitest';
import { acceptanceOf } from '../../../../helpers/diagnose/acceptance/acceptance.ts';
import { snapshotOf } from '../../../../helpers/diagnose/acceptance/snapshot.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { viewOf } from '../../../../helpers/diagnose/view/view.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { CALICO_FILE, distinctIds, FLANNEL_FILE, MOVED, serverFact } from '../../../support/acceptance.ts';
import { fact, run } from '../../../support/cluster.ts';

const basis = (observations: readonly Observation[]) => {
  const after = snapshotOf(viewOf(distinctIds(observations)));
  const symptoms = [{ suite: 'pod-to-pod', title: 'TCP answers', verdict: 'pass' as const }];
  return { points: [], symptoms, findings: [], holes: [], missingSuites: [], isComplete: true, after };
};

describe('the answer of an acceptance', () => {
  it('is a sentence that names the network and the nodes where all holds', () => {
    const { verdict, sentence } = acceptanceOf(basis(MOVED));
    expect({ verdict, sentence }).toEqual({
      verdict: 'accepted',
      sentence: 'accepted: calico-ipip on 2 nodes, 0 points hold, without a snapshot from before',
    });
  });

  it.each([
    ['the run did not come to its end', { isComplete: false }],
    ['a suite was left out', { missingSuites: ['overlay'] }],
    ['nothing passed', { symptoms: [] }],
    ['a symptom is not observed', { symptoms: [{ suite: 's', title: 't', verdict: 'inconclusive' as const }] }],
    ['a node had no probe', { holes: [{ what: 'node b', why: 'no image' }] }],
    ['the cluster was not read', { after: undefined }],
  ])('is not proved where %s', (_why, more) => {
    expect(acceptanceOf({ ...basis(MOVED), ...more }).verdict).toBe('not proved');
  });

  it('names what is not done before what such a change leaves', () => {
    const found = diagnose(
      run(
        ...MOVED,
        serverFact(['server', '--flannel-backend', 'vxlan']),
        fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'b'),
      ),
    ).findings;
    expect(found.map(({ code }) => code)).toEqual(['cni-leftovers', 'k3s-config-not-applied']);
    expect(acceptanceOf({ ...basis(MOVED), findings: found }).sentence).toBe(
      'not accepted: K3s does not run with the settings that the network needs: a; and 1 more',
    );
  });

  it('says once that pods are seen under other addresses, where a finding names the rule', () => {
    const seen = { area: 'source-address' as const, title: 'own addresses', verdict: 'fail' as const, troubles: [] };
    const points = [{ ...seen, text: 'b saw 10.42.9.5 of a as 10.42.9.0', observations: [] }];
    const [finding] = diagnose(run(...MOVED, serverFact(['server', '--flannel-backend', 'vxlan']))).findings.map(
      (each) => ({ ...each, code: 'flannel-masquerade-left-over' }),
    );
    if (!finding) throw new Error('nothing was found');
    expect(acceptanceOf({ ...basis(MOVED), points, findings: [finding] }).reasons).toEqual([finding.title]);
    expect(acceptanceOf({ ...basis(MOVED), points }).reasons).toEqual([
      'b saw 10.42.9.5 of a as 10.42.9.0 (own addresses)',
    ]);
  });

  it('is not accepted where a symptom failed, whatever is open besides', () => {
    const symptoms = [{ suite: 'ingress', title: 'every host answers', verdict: 'fail' as const }];
    expect(acceptanceOf({ ...basis(MOVED), symptoms, isComplete: false }).sentence).toBe(
      'not accepted: ingress: every host answers',
    );
  });
});
