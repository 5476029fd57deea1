import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeObservation, Verdict } from '../../../helpers/model/observation.ts';
import { patternOf } from '../../../helpers/report/patterns.ts';
import { mesh, NODES, overlayOutage, probe } from './mesh.ts';

const [master, one, two] = NODES;
const pods = (failing: Parameters<typeof mesh>[0]) => mesh(failing, ['pod-pod']);

function sized(bytes: number, from: string, to: string, fails: boolean): ProbeObservation {
  return probe({
    id: `${from}${to}${bytes}`,
    source: { node: from },
    destination: { node: to },
    asked: { payloadBytes: bytes },
    verdict: fails ? 'fail' : 'pass',
  });
}

const situations: [situation: string, observations: ProbeObservation[], pattern: string][] = [
  ['nothing was probed', [], 'nothing was probed'],
  ['everything passes', pods(() => false), 'all 18 pass'],
  ['everything fails', pods(() => true), 'all 18 fail'],
  ['the overlay is out', pods(overlayOutage), 'every pair that crosses nodes fails, every pair on one node passes'],
  ['a node hears nothing', pods(({ to }) => to === two), `every probe towards ${two} fails, every other passes`],
  [
    'a node hears nothing from others',
    pods(({ from, to }) => to === two && from !== two),
    `every probe towards ${two} from elsewhere fails, every other passes`,
  ],
  [
    'nothing a node sends arrives',
    pods(({ from }) => from === one),
    `every probe from ${one} fails, every other passes`,
  ],
  [
    'nothing a node sends to others arrives',
    pods(({ from, to }) => from === one && to !== one),
    `every probe from ${one} to elsewhere fails, every other passes`,
  ],
  [
    'a node is cut off both ways',
    pods(({ from, to }) => from !== to && (from === two || to === two)),
    `every probe from or towards ${two} fails, every other passes`,
  ],
  [
    'one direction of one pair is cut',
    pods(({ from, to }) => from === one && to === two),
    `only ${one} → ${two} fails; the other direction passes`,
  ],
  [
    'one pair is cut both ways',
    pods(({ from, to }) => from !== to && from !== master && to !== master),
    `only the pair ${one} ↔ ${two} fails, in both directions`,
  ],
  ['one protocol fails', pods(({ kind }) => kind === 'udp-echo'), 'every probe over UDP fails, every other passes'],
  [
    'large payloads fail',
    [500, 1372, 1400, 8000].map((bytes) => sized(bytes, one, two, bytes > 1372)),
    'only payloads above 1372 bytes fail (from 1400 bytes on)',
  ],
  [
    'payloads of one size fail, larger ones pass',
    [500, 1372, 1400].map((bytes) => sized(bytes, one, two, bytes === 1372)),
    `only ${one} → ${two} fails in part`,
  ],
  [
    'large payloads fail across nodes',
    [
      ...[500, 1400].map((bytes) => sized(bytes, one, two, bytes > 500)),
      ...[500, 1400].map((bytes) => sized(bytes, one, one, false)),
    ],
    'only payloads above 500 bytes fail (from 1400 bytes on), and only across nodes',
  ],
  [
    'endpoints on other nodes fail',
    [one, two].map((node) =>
      probe({
        id: node,
        role: 'endpoint',
        source: { node: one },
        destination: { node },
        verdict: node === one ? 'pass' : 'fail',
      }),
    ),
    'every endpoint on another node fails, every endpoint on the asking node passes',
  ],
  [
    'one host fails',
    ['a.example', 'b.example'].map((name) =>
      probe({
        id: name,
        source: { network: 'runner' },
        destination: { name },
        verdict: name === 'a.example' ? 'pass' : 'fail',
      }),
    ),
    'every probe towards b.example fails, every other passes',
  ],
  [
    'failures have nothing in common',
    pods(({ from, to, kind }) => (from === one && to === two && kind === 'payload') || (from === two && to === master)),
    '3 of 18 fail',
  ],
  [
    'some could not be observed',
    [...pods(overlayOutage), probe({ id: 'x', verdict: 'inconclusive', reason: 'lost' })],
    'every pair that crosses nodes fails, every pair on one node passes; 1 not observed',
  ],
  [
    'nothing could be observed',
    [probe({ id: 'x', verdict: 'inconclusive', reason: 'lost' })],
    'none of 1 could be observed',
  ],
];

describe('the pattern of failures', () => {
  test.each(situations)('when %s', (_, observations, pattern) => {
    expect(patternOf(observations)).toBe(pattern);
  });

  test('does not depend on the order of the observations', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...situations.filter(([, observations]) => observations.length > 1))
          .chain(([, observations]) =>
            fc.tuple(fc.constant(observations), fc.shuffledSubarray(observations, { minLength: observations.length })),
          ),
        ([observations, shuffled]) => {
          expect(patternOf(shuffled)).toBe(patternOf(observations));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never says "every other passes" or "all" of failures that it does not explain: any verdicts, any order', () => {
    const verdicts = fc.array(fc.constantFrom<Verdict>('pass', 'fail', 'inconclusive'), {
      minLength: 18,
      maxLength: 18,
    });
    fc.assert(
      fc.property(verdicts, (chosen) => {
        const observations = pods(() => false).map((observation, index) => ({
          ...observation,
          verdict: chosen[index] ?? 'pass',
        }));
        const failures = observations.filter(({ verdict }) => verdict === 'fail').length;
        const judged = observations.filter(({ verdict }) => verdict !== 'inconclusive').length;
        const pattern = patternOf(observations);
        expect(patternOf(observations.toReversed())).toBe(pattern);
        expect(/^all \d+ pass/.test(pattern)).toBe(failures === 0 && judged > 0);
        expect(/^(all \d+ fail|the one probe fails)/.test(pattern)).toBe(failures === judged && judged > 0);
      }),
    );
  });
});
