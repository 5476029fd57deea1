import { faults as allUdpFiltered } from './underlay/all-udp-filtered.ts';
import { faults as brNetfilterOff } from './pod/br-netfilter-off.ts';
import { faults as corednsForwardLoop } from './dns/coredns-forward-loop.ts';
import { faults as corednsReplicaDead } from './dns/coredns-replica-dead.ts';
import { faults as corednsUpstreamUnreachable } from './dns/coredns-upstream-unreachable.ts';
import { faults as dnsBlockedOnNode } from './dns/dns-blocked-on-node.ts';
import { faults as egressNotMasqueraded } from './host/egress-not-masqueraded.ts';
import { faults as externalTrafficPolicyLocal } from './node-port/external-traffic-policy-local.ts';
import { faults as flannelLeaseWrongOrMissing } from './overlay/flannel-lease-wrong-or-missing.ts';
import { faults as flannelMasqueradeLeftOver } from './host/flannel-masquerade-left-over.ts';
import { faults as flannelWrongInterface } from './overlay/flannel-wrong-interface.ts';
import { faults as forwardPolicyDrop } from './host/forward-policy-drop.ts';
import { faults as hairpinOff } from './pod/hairpin-off.ts';
import { faults as hetznerCloudFirewallInboundDeny } from './underlay/hetzner-cloud-firewall-inbound-deny.ts';
import { faults as hostFirewallDropsPodTraffic } from './host/host-firewall-drops-pod-traffic.ts';
import { faults as hostFirewallDropsVxlan } from './overlay/host-firewall-drops-vxlan.ts';
import { faults as hostPortTaken } from './ingress/host-port-taken.ts';
import { faults as ingressNotRouted } from './ingress/ingress-not-routed.ts';
import { faults as ipForwardOff } from './host/ip-forward-off.ts';
import { faults as ipamExhausted } from './pod/ipam-exhausted.ts';
import { faults as iptablesLegacyNftMix } from './service/iptables-legacy-nft-mix.ts';
import { faults as kubeProxyStopped } from './service/kube-proxy-stopped.ts';
import { faults as kubeRouterPolicyLeftOver } from './host/kube-router-policy-left-over.ts';
import { faults as kubeletTunnelBroken } from './node/kubelet-tunnel-broken.ts';
import { faults as loadBalancerTargetUnhealthy } from './ingress/load-balancer-target-unhealthy.ts';
import { faults as mtuOverlayTooLarge } from './overlay/mtu-overlay-too-large.ts';
import { faults as networkPolicyDenies } from './pod/network-policy-denies.ts';
import { faults as nodeLocalDnsDown } from './dns/node-local-dns-down.ts';
import { faults as nodeNotReadyEndpoints } from './node/node-not-ready-endpoints.ts';
import { faults as nodePathDown } from './underlay/node-path-down.ts';
import { faults as nodeportBlockedOutside } from './node-port/nodeport-blocked-outside.ts';
import { faults as pmtuBlackhole } from './underlay/pmtu-blackhole.ts';
import { faults as podRangeOverlapsHostNetwork } from './objects/pod-range-overlaps-host-network.ts';
import { faults as policyRoutingTableHijack } from './host/policy-routing-table-hijack.ts';
import { faults as rpFilterDrops } from './host/rp-filter-drops.ts';
import { faults as serviceNoEndpoints } from './service/service-no-endpoints.ts';
import { faults as serviceRulesFlushed } from './service/service-rules-flushed.ts';
import { faults as serviceTargetPortWrong } from './service/service-target-port-wrong.ts';
import { faults as staleOverlayDeviceRoute } from './overlay/stale-overlay-device-route.ts';
import { faults as statelessFirewallEphemeralRange } from './underlay/stateless-firewall-ephemeral-range.ts';
import { faults as tunnelDeviceReaddressed } from './overlay/tunnel-device-readdressed.ts';
import { faults as twoCniConfigs } from './objects/two-cni-configs.ts';
import { faults as udpConntrackStaleEntry } from './service/udp-conntrack-stale-entry.ts';
import { faults as underlayLossOrRateLimit } from './underlay/underlay-loss-or-rate-limit.ts';
import { faults as vmNicEncapOffload } from './overlay/vm-nic-encap-offload.ts';
import { faults as vtepMacMismatch } from './overlay/vtep-mac-mismatch.ts';
import { faults as vxlanBadUdpChecksum } from './overlay/vxlan-bad-udp-checksum.ts';
import { faults as vxlanEatenByHypervisor } from './underlay/vxlan-eaten-by-hypervisor.ts';
import { faults as vxlanModuleMissing } from './overlay/vxlan-module-missing.ts';
import { faults as vxlanPortFilteredInPath } from './underlay/vxlan-port-filtered-in-path.ts';
import { faults as vxlanWrongSourceAddress } from './overlay/vxlan-wrong-source-address.ts';
import { faults as wrongBackendIdentity } from './service/wrong-backend-identity.ts';
import type { LabFault } from './lib/types.ts';

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
