import { describe, expect, it } from 'vitest';
import { judge, placeIsRight } from '../../../../lab/accuracy/judge.ts';
import type { InForce } from '../../../../lab/faults/lib/types.ts';

const NODES = ['a', 'b', 'c'];
const fault = (id: string, expected: InForce['expected'], more: Partial<InForce> = {}): InForce => ({
  id,
  code: id.split('/')[0] as string,
  where: {},
  expected,
  ...more,
});
const pair = (text: string) => ({ from: text[0], to: text[1] });

describe('the place of a fault in one direction', () => {
  const oneWay = fault('filtered/one-direction', [{ from: 'a', to: 'b' }]);

  it('is that direction, and neither the other one nor both', () => {
    expect(
      [[pair('ab')], [pair('ba')], [pair('ab'), pair('ba')]].map((locations) => placeIsRight(oneWay, locations, NODES)),
    ).toEqual([true, false, false]);
  });
});

describe('the place of a fault at a node', () => {
  const atNode = fault('firewall/one-node', [{ node: 'c' }]);

  it('is the node, or all pairs that end there, begin there or touch it', () => {
    const named = [
      [{ node: 'c' }],
      [pair('ac'), pair('bc')],
      [pair('ca'), pair('cb')],
      [pair('ac'), pair('bc'), pair('ca'), pair('cb')],
    ];
    expect(named.map((locations) => placeIsRight(atNode, locations, NODES))).toEqual([true, true, true, true]);
  });

  it('is no other node, and no pair beside it', () => {
    expect(
      [[{ node: 'a' }], [{ node: 'c' }, { node: 'a' }], [pair('ac'), pair('ab')]].map((locations) =>
        placeIsRight(atNode, locations, NODES),
      ),
    ).toEqual([false, false, false]);
  });
});

describe('the place of a fault between all nodes', () => {
  it('is every ordered pair, so that one that is left out is an error', () => {
    const everywhere = fault('filtered/all', []);
    const all = ['ab', 'ac', 'ba', 'bc', 'ca', 'cb'].map(pair);
    expect([placeIsRight(everywhere, all, NODES), placeIsRight(everywhere, all.slice(1), NODES)]).toEqual([
      true,
      false,
    ]);
  });
});

describe('the place of a fault of a Service', () => {
  it('is the Service with or without its namespace, wherever it is felt', () => {
    const service = fault('no-endpoints/selector', [{ service: 'ui' }]);
    expect(
      [[{ service: 'shop/ui' }], [{ service: 'shop/ui', node: 'a' }], [{ service: 'shop/api' }]].map((locations) =>
        placeIsRight(service, locations, NODES),
      ),
    ).toEqual([true, true, false]);
  });
});

describe('a run with findings', () => {
  it('names wrongly what it proves and what is not in force, unless it is a part of what is', () => {
    const inForce = [fault('mtu/all', [], { also: ['fragments'] })];
    const findings = ['mtu', 'fragments', 'loss'].map((code) => ({
      code,
      confidence: 'proved' as const,
      locations: [],
    }));
    expect(judge(inForce, findings, NODES).wrong).toEqual(['loss']);
  });

  it('has missed a fault that it does not list, and has it at the wrong place where its place is another', () => {
    const inForce = [fault('loss', [{ node: 'a' }]), fault('mtu', [{ node: 'b' }])];
    expect(judge(inForce, [{ code: 'mtu', confidence: 'proved', locations: [{ node: 'c' }] }], NODES).faults).toEqual([
      { id: 'loss', naming: 'missed', first: false },
      { id: 'mtu', naming: 'wrong-place', first: true },
    ]);
  });

  it('counts candidates apart from what it proves', () => {
    expect(
      judge([fault('loss', [{ node: 'a' }])], [{ code: 'mtu', confidence: 'candidate', locations: [] }], NODES),
    ).toMatchObject({ wrong: [], candidates: ['mtu'] });
  });
});

describe('the line of a fault that is one', () => {
  const raw = fault('packet-dropped-by-rule/raw', [{ node: 'c' }]);
  const named = (text: string) => [
    { code: raw.code, confidence: 'proved' as const, locations: [{ node: 'c' }], evidence: [text] },
  ];
  const lineOf = (of: InForce, text: string) => judge([of], named(text), NODES).faults[0]?.line;

  it('is right where the finding gives the very rule', () => {
    const rule = 'c: iptables raw/PREROUTING: -s 10.42.1.0/24 -i flannel.1 -j DROP (9 packets) stops the packets';
    expect(lineOf(raw, rule)).toBe('right');
    expect(lineOf(raw, rule.replace('raw/', 'mangle/'))).toBe('wrong');
  });

  it('is asked of no fault that puts no line into a node', () => {
    expect(lineOf(fault('kube-proxy-stopped', []), 'anything')).toBeUndefined();
  });
});
