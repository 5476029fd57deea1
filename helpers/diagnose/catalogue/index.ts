import type { CatalogueEntry } from '../entry.ts';
import { allUdpFiltered } from './all-udp-filtered.ts';
import { wrongBackendIdentity } from './wrong-backend-identity.ts';
import { brNetfilterOff } from './br-netfilter-off.ts';
import { conntrackTableFull } from './conntrack-table-full.ts';
import { corednsForwardLoop } from './coredns-forward-loop.ts';
import { corednsReplicaDead } from './coredns-replica-dead.ts';
import { corednsUpstreamUnreachable } from './coredns-upstream-unreachable.ts';
import { dnsBlockedOnNode } from './dns-blocked-on-node.ts';
import { duplicatePodCidr } from './duplicate-pod-cidr.ts';
import { egressNotMasqueraded } from './egress-not-masqueraded.ts';
import { endpointNotAnswering } from './endpoint-not-answering.ts';
import { externalTrafficPolicyLocal } from './external-traffic-policy-local.ts';
import { flannelLeaseWrongOrMissing } from './flannel-lease-wrong-or-missing.ts';
import { flannelMasqueradeLeftOver } from './flannel-masquerade-left-over.ts';
import { flannelWrongInterface } from './flannel-wrong-interface.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { fragmentsDroppedInPath } from './fragments-dropped-in-path.ts';
import { hairpinOff } from './hairpin-off.ts';
import { hetznerCloudFirewallInboundDeny } from './hetzner-cloud-firewall-inbound-deny.ts';
import { hostFirewallDropsPodTraffic } from './host-firewall-drops-pod-traffic.ts';
import { hostFirewallDropsVxlan } from './host-firewall-drops-vxlan.ts';
import { ingressControllerDown } from './ingress-controller-down.ts';
import { ingressNotRouted } from './ingress-not-routed.ts';
import { hostPortTaken } from './host-port-taken.ts';
import { internalTrafficPolicyLocal } from './internal-traffic-policy-local.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { ipamExhausted } from './ipam-exhausted.ts';
import { iptablesLegacyNftMix } from './iptables-legacy-nft-mix.ts';
import { kubeProxyStopped } from './kube-proxy-stopped.ts';
import { kubeRouterPolicyLeftOver } from './kube-router-policy-left-over.ts';
import { kubeletTunnelBroken } from './kubelet-tunnel-broken.ts';
import { loadBalancerTargetUnhealthy } from './load-balancer-target-unhealthy.ts';
import { mtuOverlayTooLarge } from './mtu-overlay-too-large.ts';
import { networkPolicyDenies } from './network-policy-denies.ts';
import { networkdFlushedRoutesOrRules } from './networkd-flushed-routes-or-rules.ts';
import { nodeLocalDnsDown } from './node-local-dns-down.ts';
import { nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';
import { nodePathDown } from './node-path-down.ts';
import { nodeportBlockedOutside } from './nodeport-blocked-outside.ts';
import { overlayPathUndetermined } from './overlay-path-undetermined.ts';
import { pmtuBlackhole } from './pmtu-blackhole.ts';
import { podRangeOverlapsHostNetwork } from './pod-range-overlaps-host-network.ts';
import { policyRoutingTableHijack } from './policy-routing-table-hijack.ts';
import { rpFilterDrops } from './rp-filter-drops.ts';
import { serviceNoEndpoints } from './service-no-endpoints.ts';
import { serviceRulesFlushed } from './service-rules-flushed.ts';
import { serviceTargetPortWrong } from './service-target-port-wrong.ts';
import { snatPortRace } from './snat-port-race.ts';
import { staleOverlayDeviceRoute } from './stale-overlay-device-route.ts';
import { statelessFirewallEphemeralRange } from './stateless-firewall-ephemeral-range.ts';
import { tunnelDeviceReaddressed } from './tunnel-device-readdressed.ts';
import { twoCniConfigs } from './two-cni-configs.ts';
import { udpConntrackStaleEntry } from './udp-conntrack-stale-entry.ts';
import { underlayLossOrRateLimit } from './underlay-loss-or-rate-limit.ts';
import { vmNicEncapOffload } from './vm-nic-encap-offload.ts';
import { vtepMacMismatch } from './vtep-mac-mismatch.ts';
import { vxlanBadUdpChecksum } from './vxlan-bad-udp-checksum.ts';
import { vxlanModuleMissing } from './vxlan-module-missing.ts';
import { vxlanEatenByHypervisor } from './vxlan-eaten-by-hypervisor.ts';
import { vxlanPortClash } from './vxlan-port-clash.ts';
import { vxlanPortFilteredInPath } from './vxlan-port-filtered-in-path.ts';
import { vxlanVniMismatch } from './vxlan-vni-mismatch.ts';
import { vxlanWrongSourceAddress } from './vxlan-wrong-source-address.ts';

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
