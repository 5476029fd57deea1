import { describe, expect, test } from 'vitest';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import type { NodeState } from '../../../../helpers/diagnose/walk/index.ts';
import { journeys, type Country } from '../../../../helpers/diagnose/walk/journey.ts';
import { NodeIndex } from '../../../../helpers/diagnose/walk/node-index.ts';
import { byWhatIsNotDone } from '../../../../helpers/diagnose/walk/otherwise.ts';
import { FIRST_OF_TCP } from '../../../../helpers/diagnose/walk/packet.ts';
import { datagram, HERE, ROUTER, routes, rules, THERE } from './state.ts';

const SERVICE = '10.96.0.10';
const BACKEND = '10.63.0.2';
const FROM = { node: 'node', isPod: true };

const countryOf = (state: Partial<NodeState>): Country => {
  const index = new NodeIndex({ ...ROUTER, routes: routes({ dst: 'default', gateway: THERE, dev: 'r1' }), ...state });
  return {
    index: () => index,
    nodeOf: (address) => ([HERE, BACKEND].includes(address) ? 'node' : undefined),
    addressOf: () => '10.61.0.1',
    isService: (address) => address === SERVICE,
    isPod: (address) => [HERE, BACKEND].includes(address),
  };
};

/** kube-proxy's own rule for the Service, behind others. */
const serving = (...first: string[]): NodeState['rulesets'] => [
  readIptablesSave(
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':KUBE-SERVICES - [0:0]',
      ...first,
      '-A PREROUTING -j KUBE-SERVICES',
      `-A KUBE-SERVICES -d ${SERVICE}/32 -p udp -m udp --dport 53 -j DNAT --to-destination ${BACKEND}:53`,
      'COMMIT',
    ].join('\n'),
  ),
];

const ends = (state: Partial<NodeState>, destination: string) => {
  const country = countryOf(state);
  const packet = datagram(HERE, destination);
  return byWhatIsNotDone(country, packet, FROM, journeys(country, packet, FROM)).map((way) =>
    'line' in way ? `${way.kind}: ${way.line.where}: ${way.line.text}` : way.kind,
  );
};

test('what asks a Service arrives at the pod behind it', () => {
  expect(ends({ rulesets: serving() }, SERVICE)).toEqual(['arrived']);
});

test('a rule that lets packets pass before the Service is translated is what stops them', () => {
  expect(ends({ rulesets: serving(`[3:180] -A PREROUTING -s ${HERE}/32 -j ACCEPT`) }, SERVICE)).toEqual([
    expect.stringMatching(/^stopped: iptables nat\/PREROUTING: -s \S+ -j ACCEPT/),
  ]);
});

test('a rule that lets packets out before they are masqueraded is what stops them', () => {
  const masquerading = (...first: string[]): NodeState['rulesets'] => [
    readIptablesSave(
      ['*nat', ':POSTROUTING ACCEPT [0:0]', ...first, `-A POSTROUTING -s ${HERE}/32 -j MASQUERADE`, 'COMMIT'].join(
        '\n',
      ),
    ),
  ];
  expect(ends({ rulesets: masquerading() }, '192.0.2.53')).toEqual(['open']);
  expect(ends({ rulesets: masquerading('[3:180] -A POSTROUTING -o r1 -j ACCEPT') }, '192.0.2.53')).toEqual([
    'stopped: iptables nat/POSTROUTING: -o r1 -j ACCEPT',
  ]);
});

test.each([
  ['has counted nothing', `[0:0] -A PREROUTING -s ${HERE}/32 -j ACCEPT`],
  ['is for others', '[3:180] -A PREROUTING -s 10.61.0.9/32 -j ACCEPT'],
])('a rule that %s is not', (_, rule) => {
  const rulesets = serving(rule, '-A PREROUTING -j RETURN');
  expect(ends({ rulesets }, SERVICE).join()).not.toContain(HERE);
});

test('what is for a pod of the node and leaves by a gateway is led astray', () => {
  const without = routes({ dst: 'default', gateway: THERE, dev: 'r1' }).filter(
    ({ destination }) => destination !== '10.63.0.0/24',
  );
  expect(ends({ routes: without }, BACKEND)).toEqual(['astray: table main: default via 10.62.0.2 dev r1']);
});

test("a pod's address that is the node's own too is answered by the node", () => {
  const own = routes({ type: 'local', dst: BACKEND, dev: 'lo', table: 'local' });
  expect(ends({ routes: own }, BACKEND)).toEqual([expect.stringMatching(/^astray: table local: local 10\.63\.0\.2/)]);
});

test('what a mark leads astray is told with the rule that gave the mark', () => {
  const state: Partial<NodeState> = {
    routes: routes({ type: 'blackhole', dst: 'default', table: '77' }),
    rules: rules({ priority: 91, src: 'all', fwmark: '0x77', table: '77' }),
    rulesets: [
      readIptablesSave(
        [
          '*mangle',
          ':PREROUTING ACCEPT [0:0]',
          `-A PREROUTING -d ${BACKEND}/32 -j MARK --set-xmark 0x77/0xffffffff`,
          'COMMIT',
        ].join('\n'),
      ),
    ],
  };
  expect(ends(state, BACKEND)).toEqual([
    expect.stringMatching(
      /^stopped: table 77: .*\(by ip rule 91: from all fwmark 0x77 lookup 77; its mark is of iptables mangle/,
    ),
  ]);
});

describe('what a node hands on to another under the asker’s own address', () => {
  const OUTSIDE = '192.0.2.9';
  /** A NodePort whose pod is on a node that was not read; kube-proxy marks it, and masquerades what is marked. */
  const nodePort = (...first: string[]): NodeState['rulesets'] => [
    readIptablesSave(
      [
        '*mangle',
        ':FORWARD ACCEPT [0:0]',
        ...first,
        'COMMIT',
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ':POSTROUTING ACCEPT [0:0]',
        ':KUBE-NODEPORTS - [0:0]',
        ':KUBE-POSTROUTING - [0:0]',
        '-A PREROUTING -j KUBE-NODEPORTS',
        '-A POSTROUTING -j KUBE-POSTROUTING',
        '-A KUBE-NODEPORTS -p udp -m udp --dport 30080 -j MARK --set-xmark 0x4000/0x4000',
        `-A KUBE-NODEPORTS -p udp -m udp --dport 30080 -j DNAT --to-destination ${BACKEND}:53`,
        '-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
        'COMMIT',
      ].join('\n'),
    ),
  ];
  const endsOf = (...first: string[]): string[] => {
    const here = countryOf({ rulesets: nodePort(...first) });
    const country: Country = {
      ...here,
      index: (node) => (node === 'node' ? here.index('node') : undefined),
      nodeOf: (address) => (address === BACKEND ? 'other' : address === '10.61.0.1' ? 'node' : undefined),
    };
    const packet = { ...datagram(OUTSIDE, '10.61.0.1'), destinationPort: 30_080 };
    return byWhatIsNotDone(country, packet, FROM, journeys(country, packet, FROM)).map((way) =>
      'line' in way ? `${way.kind}: ${way.line.where}: ${way.line.text}` : way.kind,
    );
  };

  test('is left open where kube-proxy’s mark is kept: the other node was not read', () => {
    expect(endsOf()).toEqual(['open']);
  });

  test('is stopped by the rule that clears kube-proxy’s mark', () => {
    expect(endsOf('[5:300] -A FORWARD -i r1 -j MARK --set-xmark 0x0/0x4000')).toEqual([
      expect.stringMatching(/^stopped: iptables mangle\/FORWARD: -i r1 -j MARK/),
    ]);
  });
});

test('a rule that keeps only answers from tracking may stop what follows on them, of TCP', () => {
  const rulesets = [
    readIptablesSave(
      ['*raw', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -p tcp -m tcp --sport 8080 -j CT --notrack', 'COMMIT'].join(
        '\n',
      ),
    ),
  ];
  const packet = { ...datagram(HERE, BACKEND), protocol: 'tcp' as const, destinationPort: 8080, ...FIRST_OF_TCP };
  expect(journeys(countryOf({ rulesets }), packet, FROM)).toMatchObject([
    { kind: 'open', suspects: [{ stop: 'untracked', on: 'answer', line: { where: 'iptables raw/PREROUTING' } }] },
  ]);
  expect(journeys(countryOf({}), packet, FROM)).toMatchObject([{ kind: 'arrived' }]);
});
