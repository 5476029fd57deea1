import { faults as allUdpFiltered } from './all-udp-filtered.ts';
import { faults as brNetfilterOff } from './br-netfilter-off.ts';
import { faults as corednsForwardLoop } from './coredns-forward-loop.ts';
import { faults as corednsReplicaDead } from './coredns-replica-dead.ts';
import { faults as corednsUpstreamUnreachable } from './coredns-upstream-unreachable.ts';
import { faults as dnsBlockedOnNode } from './dns-blocked-on-node.ts';
import { faults as egressNotMasqueraded } from './egress-not-masqueraded.ts';
import { faults as externalTrafficPolicyLocal } from './external-traffic-policy-local.ts';
import { faults as flannelLeaseWrongOrMissing } from './flannel-lease-wrong-or-missing.ts';
import { faults as flannelMasqueradeLeftOver } from './flannel-masquerade-left-over.ts';
import { faults as flannelWrongInterface } from './flannel-wrong-interface.ts';
import { faults as forwardPolicyDrop } from './forward-policy-drop.ts';
import { faults as hairpinOff } from './hairpin-off.ts';
import { faults as hetznerCloudFirewallInboundDeny } from './hetzner-cloud-firewall-inbound-deny.ts';
import { faults as hostFirewallDropsPodTraffic } from './host-firewall-drops-pod-traffic.ts';
import { faults as hostFirewallDropsVxlan } from './host-firewall-drops-vxlan.ts';
import { faults as hostPortTaken } from './host-port-taken.ts';
import { faults as ingressNotRouted } from './ingress-not-routed.ts';
import { faults as ipForwardOff } from './ip-forward-off.ts';
import { faults as ipamExhausted } from './ipam-exhausted.ts';
import { faults as iptablesLegacyNftMix } from './iptables-legacy-nft-mix.ts';
import { faults as kubeProxyStopped } from './kube-proxy-stopped.ts';
import { faults as kubeRouterPolicyLeftOver } from './kube-router-policy-left-over.ts';
import { faults as kubeletTunnelBroken } from './kubelet-tunnel-broken.ts';
import { faults as loadBalancerTargetUnhealthy } from './load-balancer-target-unhealthy.ts';
import { faults as mtuOverlayTooLarge } from './mtu-overlay-too-large.ts';
import { faults as networkPolicyDenies } from './network-policy-denies.ts';
import { faults as nodeLocalDnsDown } from './node-local-dns-down.ts';
import { faults as nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';
import { faults as nodePathDown } from './node-path-down.ts';
import { faults as nodeportBlockedOutside } from './nodeport-blocked-outside.ts';
import { faults as pmtuBlackhole } from './pmtu-blackhole.ts';
import { faults as podRangeOverlapsHostNetwork } from './pod-range-overlaps-host-network.ts';
import { faults as policyRoutingTableHijack } from './policy-routing-table-hijack.ts';
import { faults as rpFilterDrops } from './rp-filter-drops.ts';
import { faults as serviceNoEndpoints } from './service-no-endpoints.ts';
import { faults as serviceRulesFlushed } from './service-rules-flushed.ts';
import { faults as serviceTargetPortWrong } from './service-target-port-wrong.ts';
import { faults as staleOverlayDeviceRoute } from './stale-overlay-device-route.ts';
import { faults as statelessFirewallEphemeralRange } from './stateless-firewall-ephemeral-range.ts';
import { faults as tunnelDeviceReaddressed } from './tunnel-device-readdressed.ts';
import { faults as twoCniConfigs } from './two-cni-configs.ts';
import { faults as udpConntrackStaleEntry } from './udp-conntrack-stale-entry.ts';
import { faults as underlayLossOrRateLimit } from './underlay-loss-or-rate-limit.ts';
import { faults as vmNicEncapOffload } from './vm-nic-encap-offload.ts';
import { faults as vtepMacMismatch } from './vtep-mac-mismatch.ts';
import { faults as vxlanBadUdpChecksum } from './vxlan-bad-udp-checksum.ts';
import { faults as vxlanEatenByHypervisor } from './vxlan-eaten-by-hypervisor.ts';
import { faults as vxlanModuleMissing } from './vxlan-module-missing.ts';
import { faults as vxlanPortFilteredInPath } from './vxlan-port-filtered-in-path.ts';
import { faults as vxlanWrongSourceAddress } from './vxlan-wrong-source-address.ts';
import { faults as wrongBackendIdentity } from './wrong-backend-identity.ts';
import type { LabFault } from './types.ts';

/** Every fault that a lab can have: one file a cause, its forms inside. */
export const FAULTS: LabFault[] = [
  ...allUdpFiltered,
  ...brNetfilterOff,
  ...corednsForwardLoop,
  ...corednsReplicaDead,
  ...corednsUpstreamUnreachable,
  ...dnsBlockedOnNode,
  ...egressNotMasqueraded,
  ...externalTrafficPolicyLocal,
  ...flannelLeaseWrongOrMissing,
  ...flannelMasqueradeLeftOver,
  ...flannelWrongInterface,
  ...forwardPolicyDrop,
  ...hairpinOff,
  ...hetznerCloudFirewallInboundDeny,
  ...hostFirewallDropsPodTraffic,
  ...hostFirewallDropsVxlan,
  ...hostPortTaken,
  ...ingressNotRouted,
  ...ipForwardOff,
  ...ipamExhausted,
  ...iptablesLegacyNftMix,
  ...kubeProxyStopped,
  ...kubeRouterPolicyLeftOver,
  ...kubeletTunnelBroken,
  ...loadBalancerTargetUnhealthy,
  ...mtuOverlayTooLarge,
  ...networkPolicyDenies,
  ...nodeLocalDnsDown,
  ...nodeNotReadyEndpoints,
  ...nodePathDown,
  ...nodeportBlockedOutside,
  ...pmtuBlackhole,
  ...podRangeOverlapsHostNetwork,
  ...policyRoutingTableHijack,
  ...rpFilterDrops,
  ...serviceNoEndpoints,
  ...serviceRulesFlushed,
  ...serviceTargetPortWrong,
  ...staleOverlayDeviceRoute,
  ...statelessFirewallEphemeralRange,
  ...tunnelDeviceReaddressed,
  ...twoCniConfigs,
  ...udpConntrackStaleEntry,
  ...underlayLossOrRateLimit,
  ...vmNicEncapOffload,
  ...vtepMacMismatch,
  ...vxlanBadUdpChecksum,
  ...vxlanEatenByHypervisor,
  ...vxlanModuleMissing,
  ...vxlanPortFilteredInPath,
  ...vxlanWrongSourceAddress,
  ...wrongBackendIdentity,
];
