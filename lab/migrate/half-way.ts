import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import { NAMESPACE } from '../workloads/keybuzz.ts';
import { denyPods } from '../faults/lib/pod-firewall.ts';
import type { FaultContext } from '../faults/lib/context.ts';
import type { Network } from './record.ts';

/** A state in which a switch to Calico stands when a part of it was not done, or was done wrong. */
export interface HalfWay {
  name: string;
  /** What is wrong, in one clause. */
  meaning: string;
  /** What Calico is started with on every node in place of what it should have been. */
  environment?: (to: Network) => Record<string, string>;
  /** The last server stays as it was: its file lacks the settings, or K3s was not started again. */
  lastServer?: 'unset' | 'not-restarted';
  /** The last node keeps flannel's CNI configuration beside Calico's. */
  keepsConfiguration?: true;
  /** Pods stay as flannel made them. */
  keepsPods?: true;
  /** What is done when Calico runs, before pods are made anew, and what is done after. */
  before?: (lab: FaultContext, to: Network) => Promise<void>;
  after?: (lab: FaultContext, to: Network) => Promise<void>;
}

/** Calico's manifest has this pool where nobody says another. */
const MANIFEST_POOL = '192.168.0.0/16';

const lastNode = (lab: FaultContext): string => lab.status.nodes.at(-1)?.name ?? '';

/** What pods' packets look like between the nodes. */
const WIRES: Record<Network, (lab: FaultContext) => string> = {
  'calico-vxlan': () => 'udp dport 4789',
  'calico-ipip': () => 'ip protocol 4',
  'calico-bgp': (lab) => `ip saddr ${lab.ranges.pods}`,
};

export const HALF_WAY: readonly HalfWay[] = [
  {
    name: 'flag-missing',
    meaning: "one server's configuration file lacks flannel-backend: none, and that server still runs flannel",
    lastServer: 'unset',
  },
  {
    name: 'not-restarted',
    meaning: "one server's configuration file is changed, and K3s was not started again there",
    lastServer: 'not-restarted',
  },
  {
    name: 'two-cni-configurations',
    meaning: "flannel's CNI configuration stands beside Calico's on one node",
    keepsConfiguration: true,
  },
  { name: 'pods-not-recreated', meaning: "pods stay on flannel's bridge, with its addresses", keepsPods: true },
  {
    name: 'pool-missing',
    meaning: 'there is no IPPool, so that no new pod gets an address',
    before: async (lab) => {
      await lab.kubectl(['delete', 'ippools.crd.projectcalico.org', '--all']);
    },
  },
  {
    name: 'wrong-pool',
    meaning: `the IPPool is ${MANIFEST_POOL} of Calico's manifest, and not the cluster's range of pods`,
    environment: () => ({ POD_RANGE: MANIFEST_POOL }),
  },
  {
    name: 'wrong-encapsulation',
    meaning: 'the IPPool has the other encapsulation than was asked for',
    environment: (to) => ({ NETWORK: to === 'calico-vxlan' ? 'calico-ipip' : 'calico-vxlan' }),
  },
  {
    name: 'nat-outgoing-off',
    meaning: 'the IPPool has natOutgoing off',
    environment: () => ({ CALICO_IPV4POOL_NAT_OUTGOING: 'false' }),
  },
  {
    name: 'felix-missing',
    meaning: 'felix does not run on one node, on which pods start all the same',
    before: (lab) => lab.hold(lastNode(lab), 'felix'),
  },
  {
    name: 'encapsulation-filtered',
    meaning: "the network between the nodes drops the overlay's packets",
    before: (lab, to) => lab.inFabric(`${WIRES[to](lab)} drop`),
  },
  {
    name: 'policy-left-overs',
    meaning: "rules of K3s' policy controller, which is switched off, deny pods that no policy selects",
    after: (lab) => denyPods(lab, 'keybuzz-my-ui'),
  },
  {
    name: 'host-network',
    meaning: 'a workload still has the network of its nodes, which got it around the outage',
    after: async (lab) => {
      await lab.change(NAMESPACE, 'deployment/keybuzz-ui', ({ spec }) => {
        const { template } = spec as { template: { spec: Record<string, unknown> } };
        Object.assign(template.spec, { hostNetwork: true });
      });
    },
  },
];

/** The state of a name; undefined where none is asked for. Throws a usage error that names those there are. */
export function halfWayOf(name: string | undefined): HalfWay | undefined {
  const state = HALF_WAY.find((each) => each.name === name);
  if (name === undefined || state) return state;
  throw new NetwrightError(`a switch does not stop at "${name}"`, {
    code: 'lab-migrate-state',
    hint: `there are: ${HALF_WAY.map((each) => each.name).join(', ')}`,
    exitCode: ExitCode.usage,
  });
}
