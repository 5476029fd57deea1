import type { CatalogueEntry } from '../entry.ts';
import { allUdpFiltered } from './underlay/all-udp-filtered.ts';
import { wrongBackendIdentity } from './service/wrong-backend-identity.ts';
import { brNetfilterOff } from './pod/br-netfilter-off.ts';
import { conntrackTableFull } from './host/conntrack-table-full.ts';
import { corednsForwardLoop } from './dns/coredns-forward-loop.ts';
import { corednsReplicaDead } from './dns/coredns-replica-dead.ts';
import { corednsUpstreamUnreachable } from './dns/coredns-upstream-unreachable.ts';
import { dnsBlockedOnNode } from './dns/dns-blocked-on-node.ts';
import { duplicatePodCidr } from './objects/duplicate-pod-cidr.ts';
import { egressNotMasqueraded } from './host/egress-not-masqueraded.ts';
import { endpointNotAnswering } from './service/endpoint-not-answering.ts';
import { externalTrafficPolicyLocal } from './node-port/external-traffic-policy-local.ts';
import { flannelLeaseWrongOrMissing } from './overlay/flannel-lease-wrong-or-missing.ts';
import { flannelMasqueradeLeftOver } from './host/flannel-masquerade-left-over.ts';
import { flannelWrongInterface } from './overlay/flannel-wrong-interface.ts';
import { forwardPolicyDrop } from './host/forward-policy-drop.ts';
import { fragmentsDroppedInPath } from './underlay/fragments-dropped-in-path.ts';
import { hairpinOff } from './pod/hairpin-off.ts';
import { hetznerCloudFirewallInboundDeny } from './underlay/hetzner-cloud-firewall-inbound-deny.ts';
import { hostFirewallDropsPodTraffic } from './host/host-firewall-drops-pod-traffic.ts';
import { hostFirewallDropsVxlan } from './overlay/host-firewall-drops-vxlan.ts';
import { ingressControllerDown } from './ingress/ingress-controller-down.ts';
import { ingressNotRouted } from './ingress/ingress-not-routed.ts';
import { hostPortTaken } from './ingress/host-port-taken.ts';
import { internalTrafficPolicyLocal } from './service/internal-traffic-policy-local.ts';
import { ipForwardOff } from './host/ip-forward-off.ts';
import { ipamExhausted } from './pod/ipam-exhausted.ts';
import { iptablesLegacyNftMix } from './service/iptables-legacy-nft-mix.ts';
import { kubeProxyStopped } from './service/kube-proxy-stopped.ts';
import { kubeRouterPolicyLeftOver } from './host/kube-router-policy-left-over.ts';
import { kubeletTunnelBroken } from './node/kubelet-tunnel-broken.ts';
import { loadBalancerTargetUnhealthy } from './ingress/load-balancer-target-unhealthy.ts';
import { mtuOverlayTooLarge } from './overlay/mtu-overlay-too-large.ts';
import { networkPolicyDenies } from './pod/network-policy-denies.ts';
import { networkdFlushedRoutesOrRules } from './host/networkd-flushed-routes-or-rules.ts';
import { nodeLocalDnsDown } from './dns/node-local-dns-down.ts';
import { nodeNotReadyEndpoints } from './node/node-not-ready-endpoints.ts';
import { nodePathDown } from './underlay/node-path-down.ts';
import { nodeportBlockedOutside } from './node-port/nodeport-blocked-outside.ts';
import { overlayPathUndetermined } from './undetermined/overlay-path-undetermined.ts';
import { pmtuBlackhole } from './underlay/pmtu-blackhole.ts';
import { podRangeOverlapsHostNetwork } from './objects/pod-range-overlaps-host-network.ts';
import { policyRoutingTableHijack } from './host/policy-routing-table-hijack.ts';
import { rpFilterDrops } from './host/rp-filter-drops.ts';
import { serviceNoEndpoints } from './service/service-no-endpoints.ts';
import { serviceRulesFlushed } from './service/service-rules-flushed.ts';
import { serviceTargetPortWrong } from './service/service-target-port-wrong.ts';
import { snatPortRace } from './host/snat-port-race.ts';
import { staleOverlayDeviceRoute } from './overlay/stale-overlay-device-route.ts';
import { statelessFirewallEphemeralRange } from './underlay/stateless-firewall-ephemeral-range.ts';
import { tunnelDeviceReaddressed } from './overlay/tunnel-device-readdressed.ts';
import { twoCniConfigs } from './objects/two-cni-configs.ts';
import { udpConntrackStaleEntry } from './service/udp-conntrack-stale-entry.ts';
import { underlayLossOrRateLimit } from './underlay/underlay-loss-or-rate-limit.ts';
import { vmNicEncapOffload } from './overlay/vm-nic-encap-offload.ts';
import { vtepMacMismatch } from './overlay/vtep-mac-mismatch.ts';
import { vxlanBadUdpChecksum } from './overlay/vxlan-bad-udp-checksum.ts';
import { vxlanModuleMissing } from './overlay/vxlan-module-missing.ts';
import { vxlanEatenByHypervisor } from './underlay/vxlan-eaten-by-hypervisor.ts';
import { vxlanPortClash } from './overlay/vxlan-port-clash.ts';
import { vxlanPortFilteredInPath } from './underlay/vxlan-port-filtered-in-path.ts';
import { vxlanVniMismatch } from './overlay/vxlan-vni-mismatch.ts';
import { vxlanWrongSourceAddress } from './overlay/vxlan-wrong-source-address.ts';

/** Every cause that a diagnosis knows, nearest to the root first. */
export const catalogue: readonly CatalogueEntry[] = [
  kubeletTunnelBroken,
  nodeNotReadyEndpoints,
  duplicatePodCidr,
  podRangeOverlapsHostNetwork,
  twoCniConfigs,
  allUdpFiltered,
  fragmentsDroppedInPath,
  hetznerCloudFirewallInboundDeny,
  nodePathDown,
  pmtuBlackhole,
  underlayLossOrRateLimit,
  vxlanEatenByHypervisor,
  vxlanPortFilteredInPath,
  flannelLeaseWrongOrMissing,
  flannelWrongInterface,
  hostFirewallDropsVxlan,
  mtuOverlayTooLarge,
  staleOverlayDeviceRoute,
  tunnelDeviceReaddressed,
  vmNicEncapOffload,
  vtepMacMismatch,
  vxlanBadUdpChecksum,
  vxlanModuleMissing,
  vxlanPortClash,
  vxlanVniMismatch,
  vxlanWrongSourceAddress,
  conntrackTableFull,
  egressNotMasqueraded,
  snatPortRace,
  statelessFirewallEphemeralRange,
  flannelMasqueradeLeftOver,
  forwardPolicyDrop,
  hostFirewallDropsPodTraffic,
  ipForwardOff,
  kubeRouterPolicyLeftOver,
  networkdFlushedRoutesOrRules,
  policyRoutingTableHijack,
  rpFilterDrops,
  brNetfilterOff,
  hairpinOff,
  ipamExhausted,
  networkPolicyDenies,
  wrongBackendIdentity,
  endpointNotAnswering,
  internalTrafficPolicyLocal,
  iptablesLegacyNftMix,
  kubeProxyStopped,
  serviceNoEndpoints,
  serviceRulesFlushed,
  serviceTargetPortWrong,
  udpConntrackStaleEntry,
  corednsForwardLoop,
  corednsReplicaDead,
  corednsUpstreamUnreachable,
  dnsBlockedOnNode,
  nodeLocalDnsDown,
  externalTrafficPolicyLocal,
  nodeportBlockedOutside,
  ingressControllerDown,
  ingressNotRouted,
  hostPortTaken,
  loadBalancerTargetUnhealthy,
  overlayPathUndetermined,
];
