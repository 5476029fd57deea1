import type { AcceptancePoint } from '../../helpers/model/acceptance.ts';
import type { PodInfo, PolicyWay } from '../../helpers/model/facts/acceptance.ts';
import type { FactValue } from '../../helpers/model/facts.ts';
import type { FactObservation, Observation } from '../../helpers/model/observation.ts';
import type { NodeLink } from '../../helpers/model/routing.ts';
import type { WorkloadSnapshot } from '../../helpers/model/snapshot.ts';
import { acceptancePoints } from '../../helpers/diagnose/acceptance/points/index.ts';
import { viewOf } from '../../helpers/diagnose/view/view.ts';
import { fact, nodeFact } from './cluster.ts';
import { at, probeOf } from './observations.ts';

/** The arguments that K3s says of a server which leaves the network to another plugin. */
export const WITHOUT_FLANNEL = ['server', '--flannel-backend', 'none', '--disable-network-policy', 'true'];

export const serverFact = (args: readonly string[] = WITHOUT_FLANNEL): FactObservation =>
  nodeFact('a', { role: 'server', annotations: { 'k3s.io/node-args': JSON.stringify(args) } });

export const pod = (name: string, node: string, ip: string, more: Partial<PodInfo> = {}): PodInfo => ({
  namespace: 'shop',
  name,
  node,
  ips: [ip],
  hostNetwork: false,
  ready: true,
  dnsPolicy: 'ClusterFirst',
  ...more,
});

export const workload = (name: string, more: Partial<WorkloadSnapshot> = {}): WorkloadSnapshot => ({
  kind: 'Deployment',
  namespace: 'shop',
  name,
  replicas: 2,
  ready: 2,
  hostNetwork: false,
  hostPorts: [],
  dnsPolicy: 'ClusterFirst',
  ...more,
});

export const link = (name: string, more: Partial<NodeLink> = {}): NodeLink => ({ name, flags: ['UP'], ...more });

const NO_RULES = { program: 'nft' as const, chains: [], rules: [], sets: [] };
const conflist = (name: string, type: string) => ({
  path: `/etc/cni/net.d/${name}`,
  name: 'pods',
  plugins: [{ type, subnets: [] }],
});
export const CALICO_FILE = conflist('10-calico.conflist', 'calico');
export const FLANNEL_FILE = conflist('10-flannel.conflist', 'bridge');

/** What SSH says of a node on which Calico runs and nothing else does. */
export const nodeBySsh = (node: string): FactObservation[] => [
  fact('ssh/ip-link', [link('eth0'), link('tunl0')], node),
  fact('ssh/ip-route', [], node),
  fact('ssh/cni-files', [CALICO_FILE], node),
  fact('ssh/nft-ruleset', NO_RULES, node),
  fact(
    'ssh/k3s-config',
    { '/etc/rancher/k3s/config.yaml': 'flannel-backend: none\ndisable-network-policy: true' },
    node,
  ),
];

export const POOL = {
  name: 'default',
  cidr: '10.42.0.0/16',
  ipipMode: 'Always',
  vxlanMode: 'Never',
  natOutgoing: true,
  disabled: false,
};

/** What is asked of the acceptance. */
export const wanted = (more: Partial<FactValue<'acceptance'>> = {}): FactObservation =>
  fact('acceptance', { deployments: [], ...more });

/** A pod of the first node asks one of the second, which sees it under an address. */
export const asked = (clientAddress: string) =>
  probeOf('udp-echo', {
    suite: 'pod-to-pod',
    role: 'udp-full',
    pathClass: 'pod-pod',
    source: at('pod', 'a', { ip: '10.42.9.5' }),
    destination: at('pod', 'b', { ip: '10.42.77.5' }),
    got: { clientAddress },
  });

/** What Netwright's own policies did on a way, as felix makes it where nothing else is said. */
export const policiesTried = (more: Partial<PolicyWay> = {}): FactObservation =>
  fact('policies-tried', {
    ways: [
      {
        from: 'a',
        to: 'b',
        without: { tcp: 'answered', udp: 'answered' },
        denied: { tcp: 'silent', udp: 'silent' },
        allowed: { tcp: 'answered', udp: 'silent' },
        ...more,
      },
    ],
  });

/** A K3s cluster of two nodes that was moved to Calico with IPIP, and is sound. */
export const MOVED: readonly Observation[] = [
  fact('cluster', { name: 'prod', serverVersion: 'v1.34.4+k3s1', distribution: 'k3s' }),
  fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' }),
  serverFact(),
  nodeFact('b', { annotations: {} }),
  ...['a', 'b'].flatMap(nodeBySsh),
  fact('pods', [pod('web-1', 'a', '10.42.9.2'), pod('web-2', 'b', '10.42.77.2')]),
  fact('workloads', [workload('web')]),
  fact('ip-pools', [POOL]),
  fact('network-policies', []),
  policiesTried(),
  wanted({ network: 'calico-ipip', deployments: ['shop/web'] }),
  asked('10.42.9.5'),
];

/** Those points that do not pass, as `verdict area: first line`, of observations where later ones win. */
export const openPoints = (...observations: readonly Observation[]): string[] =>
  acceptancePoints(viewOf(distinctIds(observations)))
    .filter(({ verdict }: AcceptancePoint) => verdict === 'fail' || verdict === 'inconclusive')
    .map(({ verdict, area, text }) => `${verdict} ${area}: ${text?.split('\n')[0] ?? ''}`);

/** Gives observations ids of their own, in their order: the last of a key counts. */
export const distinctIds = (observations: readonly Observation[]): Observation[] =>
  observations.map((each, index) => ({ ...each, id: `o${index + 1}` }));
