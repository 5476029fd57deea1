import type { RunReport } from '../../helpers/report/run-report.ts';
import type { Outcome } from './outcome.ts';
import type { Scenario } from './scenarios.ts';

/** In which part of the document a make stands. */
export type MakesPart = 'makes' | 'calico';

/** A make of the lab that is measured. */
export interface TriedMake {
  /** `makes` where it is not said. */
  part?: MakesPart;
  /** Its faults, where they are others than the usual ones. */
  faults?: readonly string[];
  /** As `lab up --make` takes it; empty for the usual lab. */
  make: string;
  /** Faults that it cannot have. */
  without?: readonly string[];
  /** Symptoms that it cannot show, by a part of the reason that a run gives. */
  cannotShow?: RegExp;
}

/** What every network may have. */
const OF_ALL = [
  'kube-proxy-stopped',
  'service-rules-flushed/absent',
  'coredns-replica-dead',
  'network-policy-denies',
  'service-target-port-wrong/number',
] as const;

/** One fault of each kind that users ask about most. */
const FAULTS = [
  'vxlan-port-filtered-in-path/all',
  'all-udp-filtered/all',
  'host-firewall-drops-vxlan/one-node',
  'flannel-lease-wrong-or-missing/route-missing',
  'mtu-overlay-too-large/hidden-by-fragments',
  ...OF_ALL,
] as const;

/** What Calico may have whatever its encapsulation. */
const OF_POOLS = [
  'egress-not-masqueraded/calico-pool',
  'cni-setup-fails/calico-pool-disabled',
  'cni-setup-fails/calico-pool-elsewhere',
] as const;

/** What Calico may have where it has a tunnel. */
const OF_CALICO = [
  'calico-tunnel-address-duplicate',
  'calico-wrong-node-address/bridge',
  'calico-felix-stopped',
  'cni-setup-fails/calico-token-expired',
  ...OF_POOLS,
  'mtu-overlay-too-large/hidden-by-fragments',
  'mtu-overlay-too-large/fragments-dropped',
  'firewall-inbound-deny/all',
  'forward-policy-drop/one-node',
  'host-firewall-drops-pod-traffic/one-node',
  'ip-forward-off/one-node',
  'ip-forward-off/tunnel-device-one-node',
  'rp-filter-drops/one-node',
  ...OF_ALL,
] as const;

export const TRIED: readonly TriedMake[] = [
  // The document's other parts are about its faults.
  { make: '', without: FAULTS },
  { make: 'vxlan-port=4789,vni=4096' },
  {
    make: 'backend=host-gw',
    // They are faults of a tunnel: without one the pods' own UDP has no address of a node.
    without: [
      'all-udp-filtered/all',
      'vxlan-port-filtered-in-path/all',
      'host-firewall-drops-vxlan/one-node',
      'flannel-lease-wrong-or-missing/route-missing',
      'mtu-overlay-too-large/hidden-by-fragments',
    ],
    cannotShow: /host-gw/,
  },
  { make: 'cluster-domain=corp.local', without: FAULTS },
  { make: 'cidrs=10.244/16+10.96/12' },
  { make: 'cidrs=100.64/11+100.96/12', without: FAULTS },
  { make: 'families=dual' },
  // Its faults are of IPv4; the lab's tests break it by hand.
  { make: 'families=ipv6', without: FAULTS, cannotShow: /IPv6|at localhost/ },
  { make: 'servers=3', without: FAULTS },
  { make: 'node-names=long', without: FAULTS },
  { make: 'node-names=overridden,node-mask=26', without: FAULTS },
  { make: 'network=canal' },
  { make: 'network=calico-vxlan', without: FAULTS },
  { make: 'network=calico-ipip', without: FAULTS },
  { make: 'proxy=nftables', cannotShow: /at localhost/ },
  { make: 'policy=kube-router' },
  { make: 'underlay=hetzner' },
  { make: 'underlay=hetzner,overlay-iface=public' },
  { make: 'ingress=redirect', without: FAULTS },
  { make: 'ingress=proxy-protocol', without: FAULTS },
  { make: 'ingress=servicelb', without: FAULTS },
  { make: 'admission=restricted', without: FAULTS, cannotShow: /host-network probes|nothing of this kind/ },
  {
    part: 'calico',
    make: 'network=calico-ipip',
    faults: [
      'ip-protocol-filtered-in-path/all',
      'ip-protocol-filtered-in-path/one-pair',
      'ip-protocol-filtered-in-path/one-direction',
      'ip-protocol-filtered-in-path/one-node',
      'calico-route-missing',
      ...OF_CALICO,
    ],
  },
  {
    part: 'calico',
    make: 'network=calico-vxlan',
    faults: [
      'vxlan-port-filtered-in-path/all',
      'vxlan-port-filtered-in-path/one-pair',
      'vxlan-port-filtered-in-path/one-direction',
      'vxlan-port-filtered-in-path/one-node',
      'host-firewall-drops-vxlan/one-node',
      'host-firewall-drops-vxlan/one-direction',
      'firewall-inbound-deny/one-node',
      'host-firewall-drops-pod-traffic/input-one-node',
      'ip-forward-off/until-a-pod-one-node',
      'rp-filter-drops/one-direction',
      ...OF_CALICO,
    ],
  },
  {
    part: 'calico',
    make: 'network=calico-bgp',
    // The others are faults of a lab with a tunnel.
    faults: [...OF_POOLS, ...OF_ALL],
    cannotShow: /no tunnel device|no address of their own/,
  },
];

/** What a run of a user who has set nothing cannot look at. */
const UNSET = /NETWRIGHT_(?:LOAD_BALANCER|SSH_USER|EXTERNAL_NAME|CANARY_NODEPORT)/;

/** One run on a lab of a make. */
export interface MakeScenario extends Scenario {
  make: string;
  /** Whether the run is told what to test, or has nothing but a kubeconfig. */
  configured: boolean;
}

export interface MakeOutcome extends Outcome {
  scenario: MakeScenario;
  /** Symptoms of a sound run that were skipped or not observed, with their reasons. */
  skipped: string[];
}

/** What is measured on one make: so many sound runs of both sorts, and every fault that it can have. */
export function scenariosOf(
  { make, faults: ids = FAULTS, without = [] }: TriedMake,
  soundRuns: number,
): MakeScenario[] {
  const name = make || 'usual';
  const sound = [true, false].flatMap((configured) =>
    Array.from({ length: soundRuns }, (_, index): MakeScenario => ({
      id: `${name}: sound ${index + 1}, ${configured ? 'configured' : 'not configured'}`,
      kind: 'healthy',
      faults: [],
      unrest: 'none',
      make,
      configured,
    })),
  );
  const faults = ids
    .filter((id) => !without.includes(id))
    .map((id): MakeScenario => ({
      id: `${name}: ${id}`,
      kind: 'single',
      faults: [{ id }],
      unrest: 'none',
      make,
      configured: true,
    }));
  return [...sound, ...faults];
}

/** Symptoms that were skipped or not observed, with their reasons. */
export const skippedSymptoms = ({ symptoms }: RunReport): string[] =>
  symptoms
    .filter(({ verdict }) => verdict === 'skipped' || verdict === 'inconclusive')
    .map(({ suite, title, text = 'no reason' }) => `${suite}, ${title}: ${text}`);

/** Those that were skipped for another reason than that the make cannot show them. */
export function missedSymptoms({ scenario: { make, configured }, skipped }: MakeOutcome): string[] {
  const { cannotShow } = TRIED.find((tried) => tried.make === make) ?? {};
  return skipped.filter((text) => !cannotShow?.test(text) && (configured || !UNSET.test(text)));
}
