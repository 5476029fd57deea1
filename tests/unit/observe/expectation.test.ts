import { describe, expect, it } from 'vitest';
import type { ErrorKind, Expectation, Verdict } from '../../../helpers/model/observation.ts';
import { execute } from '../../../helpers/observe/execute.ts';
import { judgeExpectation } from '../../../helpers/observe/expectation.ts';
import { judgeReach } from '../../../helpers/observe/judges.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { fleetThatAnswers } from './support/fleet.ts';

describe('a probe against its expectation', () => {
  it.each<[title: string, Expectation, Verdict, ErrorKind | undefined, Verdict, ErrorKind | undefined]>([
    ['that must pass is judged as it ended', 'must-pass', 'fail', 'timeout', 'fail', 'timeout'],
    ['that must be dropped passes by silence', 'must-be-dropped', 'fail', 'timeout', 'pass', undefined],
    [
      'that must be dropped passes by the sender’s own filter',
      'must-be-dropped',
      'fail',
      'prohibited',
      'pass',
      undefined,
    ],
    ['that must be dropped fails by an answer', 'must-be-dropped', 'pass', undefined, 'fail', 'unexpected-pass'],
    ['that must be dropped fails by a bad answer', 'must-be-dropped', 'fail', 'http-status', 'fail', 'unexpected-pass'],
    [
      'that must be dropped fails by a part of answers',
      'must-be-dropped',
      'fail',
      'partial-loss',
      'fail',
      'unexpected-pass',
    ],
    ['that must be dropped fails by a refusal', 'must-be-dropped', 'fail', 'refused', 'fail', 'refused'],
    ['that must be refused passes by a refusal', 'must-be-refused', 'fail', 'refused', 'pass', undefined],
    ['that must be refused fails by silence', 'must-be-refused', 'fail', 'timeout', 'fail', 'timeout'],
    ['that must be refused fails by an answer', 'must-be-refused', 'pass', undefined, 'fail', 'unexpected-pass'],
    [
      'is not judged by what says nothing of the way',
      'must-be-dropped',
      'fail',
      'name-not-resolved',
      'inconclusive',
      'name-not-resolved',
    ],
    ['is not passed by not being heard', 'must-be-dropped', 'inconclusive', 'lost-exec', 'inconclusive', 'lost-exec'],
  ])('%s', (_, expectation, verdict, errorKind, expected, expectedKind) => {
    const judged = judgeExpectation({ verdict, errorKind, reason: 'said so' }, expectation);
    expect([judged.verdict, judged.errorKind]).toEqual([expected, expectedKind]);
  });

  it('is recorded with its expectation and judged by it', async () => {
    const denied: PlannedProbe = {
      suite: 'pod-to-pod',
      kind: 'tcp',
      role: 'same-node-pod',
      source: { network: 'pod', node: 'a' },
      destination: { ip: '10.42.0.9', port: 80 },
      crosses: { pods: ['a'], size: 'small' },
      expectation: 'must-be-dropped',
      asked: { protocol: 'tcp' },
      specs: [{ kind: 'tcp', host: '10.42.0.9', port: 80, timeoutMs: 100 }],
      judge: judgeReach,
    };
    const answered = fleetThatAnswers(() => ({ succeeded: 1 }));
    const [observed] = await execute([denied], {
      fleet: answered,
      recorder: new Recorder(undefined, 't'),
      concurrency: 1,
    });
    expect(observed).toMatchObject({
      expectation: 'must-be-dropped',
      verdict: 'fail',
      errorKind: 'unexpected-pass',
      reason: 'answered, and must be dropped',
    });
  });
});
