import { z } from 'zod';

// A node's devices, addresses, routes and neighbours, as iproute2 shows them. What a reader does not know is kept in
// `unknown`: nothing may be concluded from an entry that has it.

const unknown = z.array(z.string()).optional();

const vxlanSchema = z.object({
  vni: z.number().optional(),
  /** UDP port. */
  port: z.number().optional(),
  local: z.string().optional(),
  /** The device under it. */
  underlay: z.string().optional(),
  learning: z.boolean().optional(),
});

export const nodeLinkSchema = z.object({
  name: z.string(),
  index: z.number().optional(),
  /** `vxlan`, `bridge`, `veth`; absent for plain Ethernet and the loopback. */
  kind: z.string().optional(),
  mtu: z.number().optional(),
  /** The MAC, or what the kind of device has in its place. */
  address: z.string().optional(),
  /** `UP`, `LOWER_UP` and the like. */
  flags: z.array(z.string()),
  state: z.string().optional(),
  /** The bridge or bond that it belongs to. */
  master: z.string().optional(),
  vxlan: vxlanSchema.optional(),
  /** Only of a bridge: its own switches for br_netfilter. */
  bridge: z.object({ nfCallIptables: z.boolean(), nfCallIp6tables: z.boolean() }).optional(),
  /** Only of a port of a bridge. */
  bridgePort: z.object({ state: z.string().optional(), hairpin: z.boolean(), isolated: z.boolean() }).optional(),
  /** Packets by direction since the device is there. */
  packets: z
    .object({ received: z.number(), sent: z.number(), receiveDropped: z.number(), sendDropped: z.number() })
    .optional(),
});
export type NodeLink = z.infer<typeof nodeLinkSchema>;

export const nodeAddressSchema = z.object({
  device: z.string(),
  family: z.enum(['ipv4', 'ipv6']),
  address: z.string(),
  prefixLength: z.number(),
  scope: z.string().optional(),
  /** Of a point-to-point address, the other end. */
  peer: z.string().optional(),
});
export type NodeAddress = z.infer<typeof nodeAddressSchema>;

export const ROUTE_TYPES = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
] as const;

const nextHopSchema = z.object({
  gateway: z.string().optional(),
  device: z.string().optional(),
  weight: z.number().optional(),
  /** `onlink`, `dead`, `linkdown`. */
  flags: z.array(z.string()),
});

export const nodeRouteSchema = z.object({
  type: z.enum(ROUTE_TYPES),
  family: z.enum(['ipv4', 'ipv6']),
  /** A range; all of the family are `0.0.0.0/0` or `::/0`. */
  destination: z.string(),
  table: z.string(),
  /** One for a plain route, several for multipath, none for a route that refuses. */
  nextHops: z.array(nextHopSchema),
  /** The source address that the node takes for what it sends by it. */
  source: z.string().optional(),
  metric: z.number(),
  mtu: z.number().optional(),
  scope: z.string().optional(),
  /** Who set it: `kernel`, `boot`, `static`, `bird`. */
  protocol: z.string().optional(),
  unknown,
});
export type NodeRoute = z.infer<typeof nodeRouteSchema>;

const portRange = z.object({ from: z.number(), to: z.number() });

export const routingRuleSchema = z.object({
  family: z.enum(['ipv4', 'ipv6']),
  priority: z.number(),
  /** All others, with `not`. */
  not: z.literal(true).optional(),
  /** Ranges; absent where all are meant. */
  source: z.string().optional(),
  destination: z.string().optional(),
  mark: z.object({ value: z.number(), mask: z.number() }).optional(),
  inputDevice: z.string().optional(),
  outputDevice: z.string().optional(),
  protocol: z.string().optional(),
  sourcePorts: portRange.optional(),
  destinationPorts: portRange.optional(),
  users: portRange.optional(),
  action: z.enum(['lookup', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit']),
  table: z.string().optional(),
  goto: z.number().optional(),
  /** Routes found with a prefix of this length or shorter do not count. */
  suppressPrefixLength: z.number().optional(),
  unknown,
});
export type RoutingRule = z.infer<typeof routingRuleSchema>;

export const neighbourSchema = z.object({
  address: z.string(),
  device: z.string(),
  mac: z.string().optional(),
  /** `REACHABLE`, `PERMANENT`, `FAILED` and the like. */
  states: z.array(z.string()),
});
export type Neighbour = z.infer<typeof neighbourSchema>;

/** Where a bridge or a VXLAN device sends frames for a MAC. */
export const forwardingEntrySchema = z.object({
  mac: z.string(),
  device: z.string(),
  /** Only of VXLAN: the node to which they are sent, and where its port or VNI is another than the device's. */
  destination: z.string().optional(),
  port: z.number().optional(),
  vni: z.number().optional(),
  master: z.string().optional(),
  vlan: z.number().optional(),
  state: z.string().optional(),
});
export type ForwardingEntry = z.infer<typeof forwardingEntrySchema>;

/** A queue or a hook of traffic control at a device, as tc(8) shows it. */
export const queueSchema = z.object({
  device: z.string(),
  /** `clsact`, `tbf`, `fq_codel`. */
  kind: z.string(),
  packets: z.number(),
  /** What it, or a filter that hangs there, has thrown away since it is there. */
  drops: z.number(),
});
export type Queue = z.infer<typeof queueSchema>;
