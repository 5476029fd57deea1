import { z } from 'zod';
import { ROUTE_TYPES, type Neighbour, type NodeRoute, type RoutingRule } from '../../model/routing.ts';
import { shaped, unknownFields } from './json.ts';

// Routes, routing rules and neighbours, as `ip -j` prints them.

type IpFamily = NodeRoute['family'];
const familyOf = (address: string): IpFamily => (address.includes(':') ? 'ipv6' : 'ipv4');
const BITS = { ipv4: 32, ipv6: 128 } as const;
const EVERYTHING = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

const hopSchema = z.object({
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
  weight: z.number().optional(),
  flags: z.array(z.string()).default([]),
});
const routeSchema = hopSchema.extend({
  type: z.enum(ROUTE_TYPES).default('unicast'),
  dst: z.string(),
  table: z.union([z.string(), z.number()]).default('main'),
  protocol: z.string().optional(),
  scope: z.string().optional(),
  prefsrc: z.string().optional(),
  metric: z.number().default(0),
  metrics: z.array(z.looseObject({ mtu: z.number().optional() })).default([]),
  nexthops: z.array(hopSchema).optional(),
  pref: z.string().optional(),
});
/** `cache` and `expires` say nothing of where a packet goes. */
const ROUTE_FIELDS = new Set([...Object.keys(routeSchema.shape), 'cache', 'expires', 'nhid']);

const hopOf = ({ gateway, via, dev, weight, flags }: z.infer<typeof hopSchema>): NodeRoute['nextHops'][number] => ({
  gateway: gateway ?? via?.host,
  device: dev,
  weight,
  flags,
});

/** `default` is said of both families; only routes of IPv6 have a preference. */
const familyOfRoute = ({ dst, pref, gateway }: z.infer<typeof routeSchema>): IpFamily =>
  dst === 'default' ? (pref !== undefined || gateway?.includes(':') ? 'ipv6' : 'ipv4') : familyOf(dst);

function routeOf(route: z.infer<typeof routeSchema>): NodeRoute {
  const { type, dst, table, nexthops, prefsrc, metric, metrics, scope, protocol, dev, gateway, via } = route;
  const family = familyOfRoute(route);
  const single = dev === undefined && gateway === undefined && via === undefined ? [] : [hopOf(route)];
  return {
    type,
    family,
    destination: dst === 'default' ? EVERYTHING[family] : dst.includes('/') ? dst : `${dst}/${BITS[family]}`,
    table: String(table),
    nextHops: nexthops?.map(hopOf) ?? single,
    source: prefsrc,
    metric,
    mtu: metrics.find(({ mtu }) => mtu !== undefined)?.mtu,
    scope,
    protocol,
    unknown: unknownFields(route, ROUTE_FIELDS),
  };
}

/** `ip -j -d route show table all`. */
export const readRoutes = (printed: unknown): NodeRoute[] => shaped(z.array(routeSchema.loose()), printed).map(routeOf);

const ruleSchema = z.object({
  priority: z.number().default(0),
  not: z.null().optional(),
  src: z.string().default('all'),
  srclen: z.number().optional(),
  dst: z.string().default('all'),
  dstlen: z.number().optional(),
  fwmark: z.string().optional(),
  fwmask: z.string().optional(),
  iif: z.string().optional(),
  oif: z.string().optional(),
  ipproto: z.string().optional(),
  sport: z.number().optional(),
  sport_start: z.number().optional(),
  sport_end: z.number().optional(),
  dport: z.number().optional(),
  dport_start: z.number().optional(),
  dport_end: z.number().optional(),
  uid_start: z.number().optional(),
  uid_end: z.number().optional(),
  action: z.string().optional(),
  table: z.union([z.string(), z.number()]).optional(),
  goto: z.number().optional(),
  suppress_prefixlen: z.number().optional(),
});
/** Who set it, and whether a device or a target is there just now, say nothing of what it takes. */
const RULE_FIELDS = new Set([
  ...Object.keys(ruleSchema.shape),
  'protocol',
  'iif_detached',
  'oif_detached',
  'unresolved',
]);
const ACTIONS = { nop: 'nop', blackhole: 'blackhole', unreachable: 'unreachable', prohibit: 'prohibit' } as const;

const rangeOf = (only?: number, from?: number, to?: number): { from: number; to: number } | undefined =>
  only !== undefined ? { from: only, to: only } : from !== undefined && to !== undefined ? { from, to } : undefined;

const prefixOf = (address: string, length: number | undefined): string | undefined =>
  address === 'all' || address === 'default' ? undefined : `${address}/${length ?? BITS[familyOf(address)]}`;

function actionOf({ action, goto }: z.infer<typeof ruleSchema>): RoutingRule['action'] | undefined {
  if (goto !== undefined) return 'goto';
  if (action === undefined) return 'lookup';
  return Object.entries(ACTIONS).find(([name]) => name === action)?.[1];
}

const ruleOf =
  (family: IpFamily) =>
  (rule: z.infer<typeof ruleSchema>): RoutingRule => {
    const action = actionOf(rule);
    const unknown = [...(unknownFields(rule, RULE_FIELDS) ?? []), ...(action ? [] : [`action ${rule.action}`])];
    const { fwmark, fwmask } = rule;
    return {
      family,
      priority: rule.priority,
      not: rule.not === undefined ? undefined : true,
      source: prefixOf(rule.src, rule.srclen),
      destination: prefixOf(rule.dst, rule.dstlen),
      mark: fwmark === undefined ? undefined : { value: Number(fwmark), mask: Number(fwmask ?? 0xffffffff) },
      inputDevice: rule.iif,
      outputDevice: rule.oif,
      protocol: rule.ipproto,
      sourcePorts: rangeOf(rule.sport, rule.sport_start, rule.sport_end),
      destinationPorts: rangeOf(rule.dport, rule.dport_start, rule.dport_end),
      users: rangeOf(undefined, rule.uid_start, rule.uid_end),
      action: action ?? 'nop',
      table: rule.table === undefined ? undefined : String(rule.table),
      goto: rule.goto,
      suppressPrefixLength: rule.suppress_prefixlen,
      unknown: unknown.length > 0 ? unknown : undefined,
    };
  };

/** `ip -j rule show` of one family. */
export const readRoutingRules = (printed: unknown, family: IpFamily): RoutingRule[] =>
  shaped(z.array(ruleSchema.loose()), printed).map(ruleOf(family));

const neighbourSchema = z.object({
  dst: z.string(),
  dev: z.string(),
  lladdr: z.string().optional(),
  state: z.array(z.string()).default([]),
});

/** `ip -j -s neigh show`. */
export const readNeighbours = (printed: unknown): Neighbour[] =>
  shaped(z.array(neighbourSchema), printed).map(({ dst, dev, lladdr, state }) => ({
    address: dst,
    device: dev,
    mac: lladdr,
    states: state,
  }));
