import { z } from 'zod';
import { namedSetSchema, rulesetSchema } from '../firewall.ts';
import {
  forwardingEntrySchema,
  neighbourSchema,
  nodeAddressSchema,
  nodeLinkSchema,
  nodeRouteSchema,
  queueSchema,
  routingRuleSchema,
} from '../routing.ts';
import { KUBELET_SECTIONS, sizeTriedSchema } from './kubelet.ts';

const numbers = z.record(z.string(), z.number());
const texts = z.record(z.string(), z.string());

const endsSchema = z.object({
  source: z.string(),
  destination: z.string(),
  sourcePort: z.number().optional(),
  destinationPort: z.number().optional(),
});

const connectionSchema = z.object({
  protocol: z.string(),
  /** Only of TCP: `SYN_SENT`, `ESTABLISHED`. */
  state: z.string().optional(),
  /** As the first packet had them. */
  original: endsSchema,
  /** As the answer is expected to have them. */
  reply: endsSchema,
  /** No answer has come. */
  unreplied: z.literal(true).optional(),
  /** The zone in which it is kept; absent for 0. */
  zone: z.number().optional(),
});
export type Connection = z.infer<typeof connectionSchema>;

const cniConfigSchema = z.object({
  path: z.string(),
  /** Name of the network; absent where the file is not JSON. */
  name: z.string().optional(),
  plugins: z.array(
    z.object({
      type: z.string(),
      bridge: z.string().optional(),
      mtu: z.number().optional(),
      ipMasq: z.boolean().optional(),
      hairpinMode: z.boolean().optional(),
      subnets: z.array(z.string()),
    }),
  ),
});
export type CniConfig = z.infer<typeof cniConfigSchema>;

const listeningSocketSchema = z.object({
  protocol: z.string(),
  /** Address and port as ss prints them, apart. */
  address: z.string(),
  port: z.number(),
  /** Name of the process, where we may know it. The kernel's own sockets, such as VXLAN's, have none. */
  process: z.string().optional(),
});
export type ListeningSocket = z.infer<typeof listeningSocketSchema>;

const processSchema = z.object({ pid: z.number(), elapsedSeconds: z.number(), name: z.string(), args: z.string() });
export type NodeProcess = z.infer<typeof processSchema>;

/** What is read on a node by SSH, a fact a section. All but `ssh` are read by one script. */
export const SSH_SECTIONS = {
  'ssh/clock': z.object({ epochMs: z.number() }),
  /** /proc/net/snmp and netstat: counters by protocol. */
  'ssh/protocol-counters': z.record(z.string(), numbers),
  'ssh/ip-link': z.array(nodeLinkSchema),
  'ssh/ip-addr': z.array(nodeAddressSchema),
  'ssh/bridge-fdb': z.array(forwardingEntrySchema),
  'ssh/tc-qdisc': z.array(queueSchema),
  /** Features by device: whether they are on. */
  'ssh/ethtool': z.record(z.string(), z.record(z.string(), z.boolean())),
  'ssh/ip-route': z.array(nodeRouteSchema),
  'ssh/ip-rule': z.array(routingRuleSchema),
  'ssh/ip-neigh': z.array(neighbourSchema),
  'ssh/nft-ruleset': rulesetSchema,
  'ssh/iptables-save': rulesetSchema,
  'ssh/ip6tables-save': rulesetSchema,
  'ssh/iptables-version': z.string(),
  'ssh/iptables-legacy-save': rulesetSchema,
  /** Sets that rules of iptables ask. */
  'ssh/ipset': z.array(namedSetSchema),
  /** One object a CPU. */
  'ssh/conntrack-stats': z.array(numbers),
  'ssh/conntrack-udp': z.array(connectionSchema),
  /** Those without an answer, and those of DNS. */
  'ssh/conntrack-tcp': z.array(connectionSchema),
  'ssh/sysctl': texts,
  'ssh/modules': z.array(z.string()),
  'ssh/kernel': z.string(),
  'ssh/dmesg-network': z.string(),
  'ssh/listening-sockets': z.array(listeningSocketSchema),
  'ssh/cni-files': z.array(cniConfigSchema),
  'ssh/flannel-subnet': texts,
  /** IPv4 addresses held by network name; older recordings count those of IPv6 as well. */
  'ssh/cni-allocations': numbers,
  /** Texts of the files by path. */
  'ssh/k3s-config': texts,
  'ssh/ps': z.array(processSchema),
  'ssh/units': texts,
  ...KUBELET_SECTIONS,
};
export type SshSection = keyof typeof SSH_SECTIONS;

export const SSH_FACTS = {
  ...SSH_SECTIONS,
  /** Never has a value: only says why a node could not be read. */
  ssh: z.never(),
  /** Whether the node forwarded packets before the run made pods. */
  'ssh/forwarding-before': z.boolean(),
  /** The same of IPv6, where the node's pods have it. */
  'ssh/ipv6-forwarding-before': z.boolean(),
  /** Only of a node that is not Ready. */
  'ssh/size-tried': sizeTriedSchema,
};
