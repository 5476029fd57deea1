import { z } from 'zod';
import type { Tunnel } from '../overlay.ts';

const numbers = z.record(z.string(), z.number());
/** Counters by device, or by protocol. */
const table = z.record(z.string(), numbers);

const linkSchema = z.object({
  name: z.string(),
  index: z.number().optional(),
  mtu: z.number().optional(),
  /** The MAC, or what the kind of device has in its place. */
  address: z.string().optional(),
  operstate: z.string().optional(),
  flags: z.array(z.string()).optional(),
  /** `vxlan`, `bridge` and the like; absent for plain Ethernet and veth. */
  kind: z.string().optional(),
  master: z.string().optional(),
  /** Only for ports of a bridge. */
  hairpin: z.boolean().optional(),
  /** With prefix length; only those of a device that is up. */
  addresses: z.array(z.string()),
});
export type HostLink = z.infer<typeof linkSchema>;

const routeSchema = z.object({
  /** `10.42.1.0/24`; the default route is `0.0.0.0/0`. */
  destination: z.string(),
  gateway: z.string().optional(),
  /** Absent for a route that refuses. */
  device: z.string().optional(),
  metric: z.number(),
  /** 0 when the route sets none. */
  mtu: z.number(),
  /** `unreachable`, `blackhole` and `prohibit` routes all show as this. */
  reject: z.boolean(),
  up: z.boolean(),
});
export type HostRoute = z.infer<typeof routeSchema>;

const countersSchema = z.object({
  /** Milliseconds of the node's monotonic clock. */
  takenAtMs: z.number(),
  /** Names of /sys/class/net/DEVICE/statistics. */
  devices: table,
  snmp: table,
  netstat: table,
  softnet: z.object({ processed: z.number(), dropped: z.number(), timeSqueeze: z.number() }),
  conntrack: numbers.optional(),
  /** /proc/net/stat by table of neighbours: `arp_cache`, `ndisc_cache`. */
  neighbours: table.optional(),
});
export type HostCounters = z.infer<typeof countersSchema>;

const resolvSchema = z.object({
  nameservers: z.array(z.string()),
  search: z.array(z.string()),
  options: z.array(z.string()),
});
export type Resolv = z.infer<typeof resolvSchema>;

const listenerSchema = z.object({ address: z.string(), port: z.number(), uid: z.number() });
export type Listener = z.infer<typeof listenerSchema>;
const socketsSchema = z.object({ tcp: z.array(listenerSchema), udp: z.array(listenerSchema) });

const tunnelSchema: z.ZodType<Tunnel> = z.object({
  device: z.string().optional(),
  vni: z.number().optional(),
  port: z.number().optional(),
  candidates: z.array(z.number()).optional(),
  source: z.string(),
});

/** What a probe agent reads in its own network namespace: sets that it can be asked for by name. */
export const AGENT_SETS = {
  counters: countersSchema,
  /** /proc/net/route: IPv4, main table. */
  routes: z.array(routeSchema),
  links: z.array(linkSchema),
  /** By name; numbers where they are numbers. */
  sysctls: z.record(z.string(), z.union([z.number(), z.string()])),
  resolv: resolvSchema,
  sockets: socketsSchema,
  conntrack: z.object({ count: z.number(), max: z.number(), stat: numbers.optional() }),
};
export type AgentSet = keyof typeof AGENT_SETS;

/** What the probe agents of a node said, or what follows from it. */
export const PROBE_FACTS = {
  ...AGENT_SETS,
  /** How much the counters rose over the run. */
  'counters-rise': countersSchema.partial(),
  /** What pods of the node are given as resolver. */
  'pod-resolv': resolvSchema,
  /** What the node has of the overlay. */
  tunnel: tunnelSchema,
  /** Never has a value: only says why a probe pod could not be asked. */
  'probe-serving': z.never(),
};

/** What a run says of itself. */
export const RUNNER_FACTS = {
  /** What it cost the API server, a fact a process. */
  cost: z.object({ process: z.number(), apiCalls: z.number(), execs: z.number() }),
};
