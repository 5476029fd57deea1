import { z } from 'zod';
import type { ForwardingEntry, NodeAddress, NodeLink, Queue } from '../../model/routing.ts';
import { shaped } from './json.ts';

// Devices, addresses and forwarding entries, as `ip -j -d` and `bridge -j` print them.

const directionSchema = z.object({ packets: z.number(), dropped: z.number() });
const linkSchema = z.object({
  ifname: z.string(),
  ifindex: z.number().optional(),
  mtu: z.number().optional(),
  address: z.string().optional(),
  flags: z.array(z.string()).default([]),
  operstate: z.string().optional(),
  master: z.string().optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z.record(z.string(), z.unknown()).optional(),
      info_slave_kind: z.string().optional(),
      info_slave_data: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  stats64: z.object({ rx: directionSchema, tx: directionSchema }).optional(),
});

const vxlanSchema = z.object({
  id: z.number().optional(),
  port: z.number().optional(),
  local: z.string().optional(),
  local6: z.string().optional(),
  link: z.string().optional(),
  learning: z.boolean().optional(),
});
const bridgeSchema = z.object({ nf_call_iptables: z.number().default(0), nf_call_ip6tables: z.number().default(0) });
const portSchema = z.object({
  state: z.string().optional(),
  hairpin: z.boolean().default(false),
  isolated: z.boolean().default(false),
});

function vxlanOf(data: unknown): NodeLink['vxlan'] {
  const { id, port, local, local6, link, learning } = shaped(vxlanSchema, data ?? {});
  return { vni: id, port, local: local ?? local6, underlay: link, learning };
}

function bridgeOf(data: unknown): NodeLink['bridge'] {
  const { nf_call_iptables, nf_call_ip6tables } = shaped(bridgeSchema, data ?? {});
  return { nfCallIptables: nf_call_iptables === 1, nfCallIp6tables: nf_call_ip6tables === 1 };
}

function linkOf({ ifname, ifindex, operstate, linkinfo, stats64, ...same }: z.infer<typeof linkSchema>): NodeLink {
  const { info_kind: kind, info_data: data, info_slave_kind, info_slave_data } = linkinfo ?? {};
  return {
    ...same,
    name: ifname,
    index: ifindex,
    state: operstate,
    kind,
    vxlan: kind === 'vxlan' ? vxlanOf(data) : undefined,
    bridge: kind === 'bridge' ? bridgeOf(data) : undefined,
    bridgePort: info_slave_kind === 'bridge' ? shaped(portSchema, info_slave_data ?? {}) : undefined,
    packets: stats64 && {
      received: stats64.rx.packets,
      sent: stats64.tx.packets,
      receiveDropped: stats64.rx.dropped,
      sendDropped: stats64.tx.dropped,
    },
  };
}

/** `ip -s -j -d link show`. */
export const readLinks = (printed: unknown): NodeLink[] => shaped(z.array(linkSchema), printed).map(linkOf);

const FAMILY = { inet: 'ipv4', inet6: 'ipv6' } as const;
const addressSchema = z.object({
  ifname: z.string(),
  addr_info: z.array(
    z.object({
      family: z.string(),
      local: z.string().optional(),
      address: z.string().optional(),
      prefixlen: z.number(),
      scope: z.string().optional(),
    }),
  ),
});

/** `ip -j addr show`: IPv4 and IPv6 addresses. */
export const readAddresses = (printed: unknown): NodeAddress[] =>
  shaped(z.array(addressSchema), printed).flatMap(({ ifname, addr_info }) =>
    addr_info.flatMap(({ family, local, address, prefixlen, scope }) =>
      (family === 'inet' || family === 'inet6') && local !== undefined
        ? [{ device: ifname, family: FAMILY[family], address: local, prefixLength: prefixlen, scope, peer: address }]
        : [],
    ),
  );

const entrySchema = z.object({
  mac: z.string(),
  ifname: z.string(),
  dst: z.string().optional(),
  port: z.number().optional(),
  vni: z.number().optional(),
  master: z.string().optional(),
  vlan: z.number().optional(),
  state: z.string().optional(),
});

/** `bridge -j fdb show`. */
export const readForwardingEntries = (printed: unknown): ForwardingEntry[] =>
  shaped(z.array(entrySchema), printed).map(({ ifname, dst, ...same }) => ({
    ...same,
    device: ifname,
    destination: dst,
  }));

const queuePrinted = z.object({
  kind: z.string(),
  dev: z.string(),
  packets: z.number().default(0),
  drops: z.number().default(0),
});

/** `tc -s -j qdisc show`. */
export const readQueues = (printed: unknown): Queue[] =>
  shaped(z.array(queuePrinted), printed).map(({ dev, ...same }) => ({ ...same, device: dev }));
