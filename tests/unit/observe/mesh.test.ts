import { describe, expect, test } from 'vitest';
import { judgeFor } from '../../../helpers/observe/plans/services.ts';
import type { ResultOf } from '../../../helpers/observe/planned-probe.ts';
import type { ErrorKind } from '../../../helpers/model/observation.ts';

const target = {
  namespace: 'shop',
  name: 'web',
  httpPort: 80,
  healthPath: '/health',
  identity: { kind: 'compare' as const },
};
const result = (kind?: ErrorKind): ResultOf<'http'> =>
  ({
    id: '1',
    kind: 'http',
    attempts: 1,
    succeeded: kind ? 0 : 1,
    timesMs: [],
    durationMs: 1,
    got: kind ? {} : { status: 200 },
    ...(kind && { error: { kind, text: kind } }),
  }) as unknown as ResultOf<'http'>;

const judged = (mesh: string | undefined, ...kinds: (ErrorKind | undefined)[]) =>
  judgeFor({ ...target, mesh }, new Map(), 'direct')(kinds.map(result));

describe('a pod in a service mesh', () => {
  test('that ends connections with plain text is not observed, and says that connect works', () => {
    const { verdict, reason } = judged('Istio', 'reset', 'reset');
    expect(verdict).toBe('evidence');
    expect(reason).toContain('the mesh of Istio, which refuses plain text from outside of it; connect works');
  });

  test.each<ErrorKind>(['timeout', 'refused', 'no-route'])('fails as every other by %s', (kind) => {
    expect(judged('Istio', kind).verdict).toBe('fail');
  });

  test('that answers plain text passes', () => {
    expect(judged('Istio', undefined).verdict).toBe('pass');
  });
});

test('a reset without a mesh is a failure', () => {
  expect(judged(undefined, 'reset').verdict).toBe('fail');
});
