import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../../../helpers/diagnose/acceptance/snapshot.ts';
import { viewOf } from '../../../../helpers/diagnose/view/view.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { snapshotSchema } from '../../../../helpers/model/snapshot.ts';
import {
  asked,
  CALICO_FILE,
  FLANNEL_FILE,
  distinctIds,
  link,
  MOVED,
  openPoints,
  pod,
  POOL,
  serverFact,
  WITHOUT_FLANNEL,
  wanted,
  workload,
} from '../../../support/acceptance.ts';
import { fact, unread } from '../../../support/cluster.ts';

const K3S = '/etc/rancher/k3s/config.yaml';
const TARGET = { kind: 'masquerade' as const };
const rule = (chain: string, more: object = {}) => ({
  family: 'ip' as const,
  table: 'nat',
  chain,
  matches: [],
  statements: [],
  text: chain,
  ...more,
});
const rules = (...of: ReturnType<typeof rule>[]) => ({ program: 'nft' as const, chains: [], rules: of, sets: [] });

const UNKNOWN_RANGE = 'inconclusive cni: the range of the pods is not known';

/** What is other than on the sound cluster, and the first words of the points that then do not pass. */
const CASES: readonly [string, Observation[], string[]][] = [
  ['a sound cluster', [], []],
  [
    'another network than the one asked for',
    [wanted({ network: 'calico-vxlan' })],
    ['fail cni: calico-ipip runs (Calico IPPool), calico-vxlan was asked for'],
  ],
  [
    'a server that runs without the settings',
    [serverFact(['server']), fact('ssh/k3s-config', { [K3S]: '' }, 'a')],
    ['fail k3s-config: a runs with flannel-backend: vxlan'],
  ],
  [
    'files that were changed without a restart',
    [serverFact(['server', '--flannel-backend=none', '--disable-network-policy', 'false'])],
    [
      'fail k3s-config: a: its files say disable-network-policy: true, K3s runs with false: it was not restarted since',
      'fail k3s-config: a runs with disable-network-policy: false',
    ],
  ],
  [
    'a file of config.yaml.d that takes it back',
    [
      fact(
        'ssh/k3s-config',
        { '/etc/rancher/k3s/config.yaml.d/90.yaml': 'flannel-backend: "vxlan"', [K3S]: 'flannel-backend: none' },
        'a',
      ),
    ],
    ['fail k3s-config: a: its files say flannel-backend: vxlan, K3s runs with none: it was not restarted since'],
  ],
  [
    'a file in which a setting was added below an older one',
    [fact('ssh/k3s-config', { [K3S]: 'flannel-backend: none\nnode-ip: 10.0.0.1\nflannel-backend: vxlan' }, 'a')],
    ['fail k3s-config: a: its files say flannel-backend: vxlan, K3s runs with none: it was not restarted since'],
  ],
  [
    'two network configurations on a node',
    [fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'b')],
    [
      'fail cni: b has 10-calico.conflist and 10-flannel.conflist: the runtime takes the first',
      'fail left-overs: b: /etc/cni/net.d/10-flannel.conflist of flannel',
    ],
  ],
  [
    'a node with another plugin',
    [fact('ssh/cni-files', [FLANNEL_FILE], 'b')],
    ['fail cni: calico on a; bridge on b', 'fail left-overs: b: /etc/cni/net.d/10-flannel.conflist of flannel'],
  ],
  [
    'a pod outside of the pool',
    [fact('pods', [pod('old', 'b', '10.244.1.7')])],
    ['fail cni: shop/old on b has 10.244.1.7'],
  ],
  [
    'an address that two pods have',
    [fact('pods', [pod('old', 'a', '10.42.9.2'), pod('new', 'b', '10.42.9.2')])],
    ['fail cni: 10.42.9.2: shop/old on a and shop/new on b'],
  ],
  [
    'an agent that is not Ready',
    [fact('pods', [pod('calico-node-x', 'b', '10.0.0.2', { app: 'calico-node', hostNetwork: true, ready: false })])],
    ['fail cni: shop/calico-node-x on b is not Ready'],
  ],
  ['no pool', [fact('ip-pools', [])], ['fail cni: there is no IPPool: no new pod gets an address', UNKNOWN_RANGE]],
  [
    'no pool, by which the mode is not known either',
    [fact('ip-pools', []), fact('overlay', { kind: 'calico-bgp', source: 'node annotations' })],
    ['fail cni: there is no IPPool: no new pod gets an address', UNKNOWN_RANGE],
  ],
  [
    'a pool that is disabled',
    [fact('ip-pools', [{ ...POOL, disabled: true }])],
    ['fail cni: no IPPool is enabled: default disabled: no new pod gets an address', UNKNOWN_RANGE],
  ],
  [
    "a pool outside of K3s' range, as in Calico's manifest",
    [
      fact('ip-pools', [{ ...POOL, cidr: '192.168.0.0/16' }]),
      fact('pods', [pod('web-1', 'a', '192.168.9.2'), pod('web-2', 'b', '192.168.77.2')]),
    ],
    [
      "fail cni: the IPPool default is 192.168.0.0/16, and K3s' cluster-cidr 10.42.0.0/16: Services give such pods' " +
        "packets their nodes' addresses",
    ],
  ],
  [
    'a pool in the range that the servers were given',
    [
      serverFact([...WITHOUT_FLANNEL, '--cluster-cidr', '10.244.0.0/16']),
      fact('ip-pools', [{ ...POOL, cidr: '10.244.0.0/16' }]),
      fact('pods', [pod('web-1', 'a', '10.244.9.2')]),
    ],
    [],
  ],
  ['natOutgoing off where nothing is known of before', [fact('ip-pools', [{ ...POOL, natOutgoing: false }])], []],
  [
    "rules of flannel's that masquerade",
    [fact('ssh/nft-ruleset', rules(rule('FLANNEL-POSTRTG', { verdict: TARGET })), 'b')],
    ['fail left-overs: b: 1 rules of flannel that masquerade'],
  ],
  [
    "rules of K3s' policy controller",
    [fact('ssh/nft-ruleset', rules(rule('KUBE-ROUTER-FORWARD')), 'b')],
    ["fail left-overs: b: 1 rules of K3s' policy controller, which is off"],
  ],
  [
    'pods on the old bridge',
    [fact('ssh/ip-link', [link('cni0'), link('veth1', { master: 'cni0' })], 'b')],
    ['fail left-overs: b: 1 pods on the bridge of flannel'],
  ],
  [
    'a device flannel.1 and a chain that do nothing',
    [
      fact('ssh/ip-link', [link('flannel.1'), link('tunl0')], 'b'),
      fact('ssh/nft-ruleset', rules(rule('FLANNEL-FWD')), 'b'),
    ],
    [],
  ],
  ['a device tunl0 that the module brought', [fact('ssh/ip-link', [link('tunl0', { flags: [] })], 'b')], []],
  [
    "pods that are seen under their tunnel's address",
    [asked('10.42.9.0')],
    ['fail source-address: b saw 10.42.9.5 of a as 10.42.9.0'],
  ],
  [
    'a DaemonSet on the host network in place of a Deployment',
    [fact('workloads', [workload('web', { kind: 'DaemonSet', hostNetwork: true })])],
    ['fail workloads: shop/web is a DaemonSet, on the host network'],
  ],
  [
    'pods that are not Ready',
    [fact('workloads', [workload('web', { ready: 1 })])],
    ['fail workloads: Deployment shop/web: 1 of 2 pods are Ready'],
  ],
];

/** The same cluster before the move: flannel by K3s itself, which is as sound. */
const BEFORE: readonly Observation[] = [
  ...MOVED,
  fact('overlay', { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' }),
  serverFact(['server', '--flannel-backend', 'vxlan']),
  fact('pods', [pod('web-1', 'a', '10.42.1.2'), pod('web-2', 'b', '10.42.2.2')]),
  fact('ip-pools', []),
  wanted({ network: 'flannel-vxlan' }),
  ...['a', 'b'].flatMap((node) => [
    fact('ssh/cni-files', [FLANNEL_FILE], node),
    fact('ssh/ip-link', [link('flannel.1'), link('cni0'), link('veth1', { master: 'cni0' })], node),
    fact('ssh/k3s-config', { [K3S]: 'flannel-backend: vxlan' }, node),
  ]),
];

describe('the points of an acceptance', () => {
  it("find a pool whose pods nobody outside can answer, where they could under flannel's masquerade", () => {
    const before = snapshotOf(viewOf(distinctIds(BEFORE)));
    if (!before) throw new Error('no snapshot');
    expect(
      openPoints(
        ...MOVED,
        wanted({ network: 'calico-ipip', deployments: ['shop/web'], before }),
        fact('ip-pools', [{ ...POOL, natOutgoing: false }]),
      ),
    ).toEqual(['fail cni: the IPPool default has natOutgoing off: nobody outside can answer its pods']);
  });

  it("hold on K3s' own flannel, whose servers are to run it", () => {
    expect(openPoints(...BEFORE)).toEqual([]);
  });

  it('find a server of flannel whose file was changed for the move and that was not restarted', () => {
    expect(openPoints(...BEFORE, fact('ssh/k3s-config', { [K3S]: 'flannel-backend: none' }, 'a'))).toEqual([
      'fail k3s-config: a: its files say flannel-backend: none, K3s runs with vxlan: it was not restarted since',
    ]);
  });

  it.each(CASES)('of %s', (_name, more, expected) => {
    expect(openPoints(...MOVED, ...more)).toEqual(expected);
  });

  it.each(['ssh/cni-files', 'ssh/ip-link', 'ssh/nft-ruleset', 'ssh/k3s-config'] as const)(
    'are not proved where %s was not read on one node',
    (key) => {
      const without = MOVED.filter((each) => !(each.type === 'fact' && each.key === key && each.node === 'a'));
      expect(openPoints(...without, unread(key, 'SSH: refused', 'a')).map((text) => text.split(' ')[0])).toContain(
        'inconclusive',
      );
    },
  );

  it.each(['pods', 'workloads', 'network-policies', 'ip-pools'] as const)(
    'are not proved where %s may not be listed',
    (key) => {
      const without = MOVED.filter((each) => !(each.type === 'fact' && each.key === key));
      expect(openPoints(...without, unread(key, 'forbidden')).map((text) => text.split(' ')[0])).toContain(
        'inconclusive',
      );
    },
  );
});

it('A snapshot holds to its own schema, and has no annotation but those of the network', () => {
  const snapshot = snapshotOf(viewOf(distinctIds(MOVED)));
  expect(snapshotSchema.parse(snapshot)).toEqual(JSON.parse(JSON.stringify(snapshot)));
  expect(JSON.stringify(snapshot)).not.toContain('node-args');
});
