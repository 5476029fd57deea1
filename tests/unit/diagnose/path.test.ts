import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { affects } from '../../../helpers/diagnose/impact.ts';
import { carried } from '../../../helpers/diagnose/view/answers.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import type { Crosses, SizeClass } from '../../../helpers/model/observation.ts';
import type { ServiceInfo } from '../../../helpers/model/topology.ts';
import { fact } from '../../support/cluster.ts';
import { at, probeOf } from '../../support/observations.ts';

const service: ServiceInfo = {
  namespace: 'shop',
  name: 'api',
  type: 'ClusterIP',
  clusterIp: '10.43.0.7',
  selector: {},
  ports: [],
  endpoints: [{ ip: '10.42.1.5', ports: {}, node: 'b', ready: true }],
};

/** How a probe that crosses this travels in a cluster where the Service's one endpoint is on node b. */
function pathOf(crosses: Crosses) {
  const probe = probeOf('http', { source: at('pod', 'a'), crosses });
  return viewOf([
    probe,
    fact('service', service),
    fact('targets', { services: [], hosts: [], ingressNodes: ['b', 'c'], ssh: false }),
  ]).path(probe);
}

describe('the way of a probe', () => {
  it('is what its plan says, where it asks a place directly', () => {
    expect(pathOf({ underlay: [['a', 'b']], overlay: [['a', 'b']], pods: ['a', 'b'], size: 'small' })).toMatchObject({
      underlay: [['a', 'b']],
      overlay: [['a', 'b']],
      pods: ['a', 'b'],
      translation: [],
      endpoints: [],
    });
  });

  it('leads over the overlay to whatever endpoints a Service had at the end', () => {
    expect(pathOf({ service: 'shop/api', servedFrom: ['a'], translation: ['a'], size: 'mixed' })).toMatchObject({
      overlay: [['a', 'b']],
      service: 'shop/api',
      endpoints: ['10.42.1.5'],
      nodes: ['a', 'b'],
    });
  });

  it('leads from a NodePort under the nodes’ own addresses to every node that runs the ingress', () => {
    const { underlay, overlay } = pathOf({ service: 'shop/api', servedFrom: 'ingress', entry: 'a', size: 'mixed' });
    expect([underlay, overlay]).toEqual([
      [
        ['a', 'b'],
        ['a', 'c'],
      ],
      [['c', 'b']],
    ]);
  });

  it('keeps the name of a Service that the cluster does not know', () => {
    expect(pathOf({ service: 'shop/gone', servedFrom: ['a'], size: 'mixed' })).toMatchObject({
      service: 'shop/gone',
      overlay: [],
    });
  });
});

describe('what breaks packets of full size', () => {
  it.each<[SizeClass, boolean]>([
    ['small', false],
    ['large', true],
    ['mixed', true],
  ])('affects a probe whose packets are %s: %s', (size, isAffected) => {
    const probe = probeOf('http', { crosses: { overlay: [['a', 'b']], size } });
    expect(affects({ kind: 'overlay', from: 'b', to: 'a', only: 'large' }, probe, viewOf([probe]))).toBe(isAffected);
  });
});

describe('a probe that must be dropped', () => {
  const denied = { source: at('pod', 'a'), destination: at('pod', 'b'), expectation: 'must-be-dropped' } as const;
  const silent = probeOf('payload', denied);
  const answered = probeOf('payload', { ...denied, verdict: 'fail', errorKind: 'unexpected-pass', succeeded: 1 });

  it('says by its pass nothing of the way: no cause sees it among the probes that pass', () => {
    const view = viewOf([silent]);
    expect([view.probes, view.pairs.size, view.forbidden]).toEqual([[], 0, [silent]]);
    expect(carried(silent)).toBe(false);
  });

  it('was carried when it was answered, and is unexplained until a cause accounts for it', () => {
    expect(carried(answered)).toBe(true);
    expect(diagnose([answered]).unexplained).toEqual([answered.id]);
  });
});
