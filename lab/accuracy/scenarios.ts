import type { Where } from '../faults/lib/types.ts';
import { FAULTS } from '../faults/index.ts';
import type { LabSettings } from '../makes/settings.ts';

/** What goes on beside a run that is no fault: a busy machine, pods that are replaced, pods that are added. */
export type Unrest = 'none' | 'busy' | 'rolling-restart' | 'scale-up';

export interface Scenario {
  id: string;
  kind: 'single' | 'double' | 'healthy';
  faults: { id: string; where?: Where }[];
  unrest: Unrest;
  /** The network of the lab that it needs, where that is not the usual one. */
  network?: LabSettings['network'];
  /** Its address families, likewise. */
  families?: LabSettings['families'];
}

const server = 'k3s-master-01';
const first = 'k3s-worker-01';
const second = 'k3s-worker-02';

type Pair = [what: string, one: Scenario['faults'][number], other: Scenario['faults'][number]];

/**
 * Two faults at once, of the topology `small`: independent ones, ones of which one hides the other, and ones that look
 * alike.
 */
const DOUBLES: Pair[] = [
  [
    'independent',
    { id: 'vxlan-port-filtered-in-path/one-direction', where: { from: first, to: second } },
    { id: 'service-no-endpoints/selector' },
  ],
  ['independent', { id: 'kube-proxy-stopped', where: { node: second } }, { id: 'coredns-replica-dead' }],
  [
    'independent',
    { id: 'host-firewall-drops-vxlan/one-node', where: { node: second } },
    { id: 'ingress-not-routed/class' },
  ],
  [
    'independent',
    { id: 'vxlan-bad-udp-checksum/one-pair', where: { from: first, to: second } },
    { id: 'nodeport-blocked-outside/all' },
  ],
  ['independent', { id: 'service-target-port-wrong/number' }, { id: 'coredns-upstream-unreachable/filtered' }],
  ['independent', { id: 'network-policy-denies' }, { id: 'wrong-backend-identity/selector' }],
  ['independent', { id: 'hairpin-off/one-node', where: { node: first } }, { id: 'ingress-not-routed/secret' }],
  [
    'independent',
    { id: 'firewall-inbound-deny/one-node', where: { node: first } },
    { id: 'packet-rewritten/host-port', where: { node: second } },
  ],
  [
    'independent',
    { id: 'packet-dropped-by-rule/one-coredns-pod', where: { node: second } },
    { id: 'service-target-port-wrong/number' },
  ],
  [
    'independent',
    { id: 'no-route-for-packet/prohibit', where: { node: first } },
    { id: 'ingress-backend-missing/service' },
  ],
  [
    'independent',
    { id: 'packet-rewritten/node-port', where: { node: second } },
    { id: 'hairpin-off/one-node', where: { node: first } },
  ],
  [
    'independent',
    { id: 'underlay-loss-or-rate-limit/one-node', where: { node: second } },
    { id: 'ingress-not-routed/class' },
  ],
  ['masking', { id: 'vxlan-port-filtered-in-path/all' }, { id: 'service-target-port-wrong/number' }],
  ['masking', { id: 'vxlan-port-filtered-in-path/all' }, { id: 'coredns-replica-dead' }],
  [
    'masking',
    { id: 'node-not-ready-endpoints/link-down', where: { node: second } },
    { id: 'service-no-endpoints/selector' },
  ],
  [
    'masking',
    { id: 'all-udp-filtered/one-pair', where: { from: first, to: second } },
    { id: 'ingress-not-routed/host' },
  ],
  [
    'masking',
    { id: 'ip-forward-off/one-node', where: { node: second } },
    { id: 'vxlan-port-filtered-in-path/one-pair', where: { from: server, to: first } },
  ],
  ['masking', { id: 'kubelet-down/ended', where: { node: second } }, { id: 'service-no-endpoints/selector' }],
  [
    'look-alikes',
    { id: 'packet-dropped-by-rule/postrouting', where: { node: second } },
    { id: 'packet-refused-by-rule/reset', where: { node: first } },
  ],
  [
    'look-alikes',
    { id: 'packet-routed-away/dead-gateway', where: { node: first } },
    { id: 'flannel-lease-wrong-or-missing/route-missing', where: { from: second, to: server } },
  ],
  [
    'look-alikes',
    { id: 'packet-not-tracked/services', where: { node: first } },
    { id: 'service-rules-flushed/absent', where: { node: second } },
  ],
  [
    'look-alikes',
    { id: 'vxlan-port-filtered-in-path/one-pair', where: { from: server, to: first } },
    { id: 'host-firewall-drops-vxlan/one-node', where: { node: second } },
  ],
  [
    'look-alikes',
    { id: 'vxlan-port-filtered-in-path/one-pair', where: { from: server, to: first } },
    { id: 'vxlan-bad-udp-checksum/one-pair', where: { from: first, to: second } },
  ],
  [
    'look-alikes',
    { id: 'vxlan-eaten-by-hypervisor/one-pair', where: { from: server, to: second } },
    { id: 'vxlan-port-filtered-in-path/one-pair', where: { from: first, to: second } },
  ],
  [
    'look-alikes',
    { id: 'service-rules-flushed/absent', where: { node: second } },
    { id: 'service-no-endpoints/selector' },
  ],
  [
    'look-alikes',
    { id: 'flannel-lease-wrong-or-missing/route-missing', where: { from: first, to: second } },
    { id: 'vtep-mac-mismatch/one-direction', where: { from: server, to: first } },
  ],
  [
    'look-alikes',
    { id: 'forward-policy-drop/one-node', where: { node: first } },
    { id: 'ip-forward-off/one-node', where: { node: second } },
  ],
];

const singles = (): Scenario[] =>
  FAULTS.map(({ id, networks: [network] = [], families: [families] = [] }): Scenario => ({
    id,
    kind: 'single',
    faults: [{ id }],
    unrest: 'none',
    ...(network && { network }),
    ...(families && { families }),
  }));

const doubles = (): Scenario[] =>
  DOUBLES.map(([what, one, other]): Scenario => ({
    id: `${what}: ${one.id} + ${other.id}`,
    kind: 'double',
    faults: [one, other],
    unrest: 'none',
  }));

/** A hundred runs of a sound lab: half of them on a busy machine, some of the rest while pods come and go. */
function healthy(runs: number): Scenario[] {
  return Array.from({ length: runs }, (_, index): Scenario => {
    const unrest: Unrest =
      index % 2 === 0 ? 'busy' : index % 10 === 1 ? 'rolling-restart' : index % 10 === 3 ? 'scale-up' : 'none';
    return {
      id: `healthy ${String(index + 1).padStart(3, '0')}${unrest === 'none' ? '' : `, ${unrest}`}`,
      kind: 'healthy',
      faults: [],
      unrest,
    };
  });
}

/** Everything that docs/accuracy.md rests on. */
export const scenarios = (healthyRuns: number): Scenario[] => [...singles(), ...doubles(), ...healthy(healthyRuns)];
