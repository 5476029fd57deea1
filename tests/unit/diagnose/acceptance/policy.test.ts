import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../../../helpers/diagnose/acceptance/snapshot.ts';
import { viewOf } from '../../../../helpers/diagnose/view/view.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { distinctIds, MOVED, openPoints, policiesTried, wanted } from '../../../support/acceptance.ts';
import { fact } from '../../../support/cluster.ts';

const ALL = { tcp: 'answered', udp: 'answered' } as const;
const NONE = { tcp: 'silent', udp: 'silent' } as const;
const DENY = { namespace: 'shop', name: 'deny', labels: {} };

const CASES: readonly [string, Observation[], string[]][] = [
  ['a NetworkPolicy where policies are kept to', [fact('network-policies', [DENY])], []],
  [
    'policies that nothing keeps to',
    [policiesTried({ denied: ALL, allowed: ALL })],
    ['fail policy: answered against a NetworkPolicy that denies everything: a → b'],
  ],
  [
    'a policy that allows, and what it allows does not pass',
    [policiesTried({ allowed: NONE })],
    ['fail policy: TCP did not pass, which a NetworkPolicy allows: a → b'],
  ],
  [
    'a policy that allows more than it says',
    [policiesTried({ allowed: ALL })],
    ['fail policy: UDP passed beside a NetworkPolicy that allows TCP alone: a → b'],
  ],
  [
    'a way that is dead without any policy: that it is denied says nothing',
    [policiesTried({ without: NONE, allowed: NONE })],
    ['inconclusive policy: did not answer without any policy of ours, so nothing is known of it with one: a → b'],
  ],
  [
    'policies that could not be made',
    [fact('policies-tried', { ways: [], why: 'forbidden' })],
    ['inconclusive policy: no policy was tried: forbidden'],
  ],
  [
    "a flannel without K3s' controller, and no policy in the cluster",
    [
      fact('overlay', { kind: 'unknown', source: 'test' }),
      wanted({ deployments: ['shop/web'] }),
      policiesTried({ denied: ALL, allowed: ALL }),
    ],
    [
      'inconclusive cni: the range of the pods is not known',
      'inconclusive left-overs: which network runs is not known',
    ],
  ],
];

describe('the point of policies', () => {
  it.each(CASES)('of %s', (_name, more, expected) => {
    expect(openPoints(...MOVED, ...more)).toEqual(expected);
  });
});

it('A snapshot names policies of other kinds by their kind, and those of the whole cluster without a namespace', () => {
  const policies = [
    DENY,
    { kind: 'GlobalNetworkPolicy', name: 'default-deny', labels: {} },
    { kind: 'CiliumNetworkPolicy', namespace: 'shop', name: 'own', labels: {} },
  ];
  const others = MOVED.filter((each) => !(each.type === 'fact' && each.key === 'network-policies'));
  expect(snapshotOf(viewOf(distinctIds([...others, fact('network-policies', policies)])))?.policies).toEqual([
    'CiliumNetworkPolicy shop/own',
    'GlobalNetworkPolicy default-deny',
    'shop/deny',
  ]);
});
