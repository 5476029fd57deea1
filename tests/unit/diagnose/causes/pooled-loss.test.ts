import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import type { ProbeObservation } from '../../../../helpers/model/observation.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, run } from '../../../support/cluster.ts';

const NODES = ['a', 'b', 'c'] as const;
const ECHOES = 60;
const BURST = 100;

type LostOf = (from: string, to: string) => number;

/** What one gate run sends between three nodes: echoes of ten, in six probes a direction, and a burst. */
function mesh(lost: LostOf, lostOfBurst: LostOf = () => 0): ProbeObservation[] {
  const ways = NODES.flatMap((from) => NODES.filter((to) => to !== from).map((to) => [from, to] as const));
  return ways.flatMap(([from, to]) => [
    ...Array.from({ length: ECHOES / 10 }, (_, part) => {
      const own = Math.floor((lost(from, to) + part) / (ECHOES / 10));
      const network = part % 2 === 0 ? 'host' : 'pod';
      return probeOf('udp-echo', {
        source: at(network, from),
        destination: at(network, to),
        attempts: 10,
        succeeded: 10 - own,
        ...(own > 1 && { verdict: 'fail', errorKind: 'partial-loss' }),
      });
    }),
    probeOf('burst', {
      source: at('host', from),
      destination: at('host', to, { port: 8472 }),
      got: {
        outcome: 'open',
        readings: {
          ...probeOf('burst').got.readings,
          sent: BURST,
          senderUplinkTx: BURST,
          receiverUplinkRx: BURST - lostOfBurst(from, to),
          tunnelRx: BURST - lostOfBurst(from, to),
        },
      },
    }),
  ]);
}

const findingsOf = (...probes: ProbeObservation[]) => diagnose(run(CLUSTER, probes)).findings;
const said = (...probes: ProbeObservation[]) =>
  findingsOf(...probes).map(({ confidence, code, locations }) => [confidence, code, locations]);

const touches =
  (node: string, lost: number): LostOf =>
  (from, to) =>
    from === node || to === node ? lost : 0;

describe('loss by all datagrams together', () => {
  test('one node that loses two in a hundred each way is named, though no probe fails', () => {
    // An echo passes twice: of 60 about 2.4 are lost, of a burst of 100 two.
    expect(said(...mesh(touches('b', 2), touches('b', 2)))).toEqual([
      ['candidate', 'underlay-loss-or-rate-limit', [{ node: 'b' }]],
    ]);
  });

  test('its share is said with its interval, and that of the rest', () => {
    const [finding] = findingsOf(...mesh(touches('b', 2), touches('b', 2)));
    expect(finding?.evidence[0]?.text).toMatch(
      /^of all datagrams that pass b 16 of 880 are lost, 1\.8 % \(95 %: 1\.1 % to 2\.9 %\), and 0 of 440 of those/,
    );
  });

  test('failed probes at a node that loses more are accounted for', () => {
    const { findings, unexplained } = diagnose(run(CLUSTER, mesh(touches('b', 12), touches('b', 3))));
    expect(findings.map(({ code, locations }) => [code, locations])).toEqual([
      ['underlay-loss-or-rate-limit', [{ node: 'b' }]],
    ]);
    expect(unexplained).toEqual([]);
  });

  test('one pair that loses is not called a node', () => {
    const pair: LostOf = (from, to) => ('ab'.includes(from) && 'ab'.includes(to) ? 6 : 0);
    expect(said(...mesh(pair, pair))).toEqual([
      [
        'candidate',
        'underlay-loss-or-rate-limit',
        [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'a' },
        ],
      ],
    ]);
  });

  test('one direction that loses is told from the pair by its burst', () => {
    const pair: LostOf = (from, to) => ('ab'.includes(from) && 'ab'.includes(to) ? 4 : 0);
    expect(said(...mesh(pair, (from, to) => (from === 'a' && to === 'b' ? 8 : 0)))).toEqual([
      ['candidate', 'underlay-loss-or-rate-limit', [{ from: 'a', to: 'b' }]],
    ]);
  });

  test('a loss everywhere has no node', () => {
    expect(
      said(
        ...mesh(
          () => 4,
          () => 3,
        ),
      ),
    ).toEqual([['candidate', 'underlay-loss-or-rate-limit', [{}]]]);
  });

  test('a datagram now and then is no finding', () => {
    expect(said(...mesh((from) => (from === 'a' ? 1 : 0)))).toEqual([]);
  });

  test('a burst that alone came out in part is no finding: its counter may have been read too early', () => {
    expect(said(...mesh(() => 0, touches('b', 4)))).toEqual([]);
  });

  const atHome = probeOf('udp-echo', {
    source: at('host', 'b'),
    destination: at('pod', 'b'),
    attempts: 10,
    succeeded: 9,
  });

  test('a node that loses what never leaves it is busy, and not accused where nothing fails', () => {
    expect(said(atHome, ...mesh(touches('b', 2), touches('b', 2)))).toEqual([]);
  });

  test('where probes fail at such a node, its own rules are the likely cause', () => {
    expect(said(atHome, ...mesh(touches('b', 12), touches('b', 3)))).toEqual([
      ['candidate', 'packet-dropped-by-rule', [{ node: 'b' }]],
    ]);
  });

  test('a node whose agent was kept from running is not accused', () => {
    const starved = probeOf('udp-echo', {
      source: at('pod', 'b'),
      destination: at('pod', 'c'),
      verdict: 'inconclusive',
      errorKind: 'not-observed',
      reason: 'the node was too busy to tell',
      attempts: 10,
      succeeded: 7,
    });
    expect(said(starved, ...mesh(touches('b', 2), touches('b', 2)))).toEqual([]);
  });
});
