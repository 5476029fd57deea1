import { describe, expect, test } from 'vitest';
import type { Exercised } from '../../../../helpers/model/facts/acceptance.ts';
import { MOVED, openPoints } from '../../../support/acceptance.ts';
import { fact } from '../../../support/cluster.ts';

/** A workload that was put through all steps and lost nothing. */
const exercised = (more: Partial<Exercised> = {}): Exercised => ({
  workload: 'shop/web',
  paths: 4,
  sent: 5_000,
  lost: 0,
  steps: (['scale-up', 'rolling restart', 'scale-down'] as const).map((step) => ({
    step,
    isDone: true,
    tookMs: 4_000,
    sent: 1_000,
    lost: 0,
  })),
  losses: [],
  isRestored: true,
  ...more,
});
const pointsOf = (more: Partial<Exercised>) => openPoints(...MOVED, fact('exercised', exercised(more)));

describe('a workload that is scaled and restarted', () => {
  test('holds where it loses nothing', () => {
    expect(pointsOf({})).toEqual([]);
  });

  test('fails by one request, with its step, its way and how it was lost', () => {
    const [up, restart, down] = exercised().steps;
    expect(
      pointsOf({
        lost: 1,
        steps: [up, restart, { ...down, lost: 1 }] as Exercised['steps'],
        losses: [{ way: 'outside → web.test, ingress, long-lived', how: { 'the connection broke': 1 } }],
      }),
    ).toEqual([
      'fail workloads: shop/web: 1 of 5000 requests were lost: 1 of 1000 at its scale-down: ' +
        'outside → web.test, ingress, long-lived (1 the connection broke)',
    ]);
  });

  test.each<[what: string, more: Partial<Exercised>, text: string]>([
    ['that could not be restored', { isRestored: false }, 'it could not be restored'],
    [
      'that nobody asks over HTTP',
      { why: 'no Service of it is asked over HTTP' },
      'no Service of it is asked over HTTP',
    ],
  ])('is not proved of one %s', (_, more, text) => {
    expect(pointsOf(more)).toEqual([`inconclusive workloads: shop/web: ${text}`]);
  });
});
