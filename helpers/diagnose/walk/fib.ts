import type { NodeRoute, RoutingRule } from '../../model/routing.ts';
import { BITS, familyOf, isIn, numberOf } from './address.ts';
import type { Choices } from './choices.ts';
import type { NodeIndex } from './node-index.ts';
import type { Line, Stop } from './packet.ts';

/** What a look-up of a route goes by. */
export interface FibQuery {
  destination: string;
  source?: string;
  mark: number;
  /** The rule of the firewall that gave it its mark. */
  markedBy?: Line;
  /** `lo` for what the node itself sends. */
  inputDevice: string;
  /** Only routes by this device count. */
  outputDevice?: string;
  /** Empty where the kernel does not look at it. */
  protocol?: string;
  sourcePort?: number;
  destinationPort?: number;
}

export interface Hop {
  gateway?: string;
  device?: string;
}

export type FibAnswer =
  | { kind: 'route'; route: NodeRoute; hop: Hop; line: Line }
  | { kind: Extract<Stop, 'no-route' | 'blackhole' | 'unreachable' | 'prohibited'>; line: Line }
  | { kind: 'unknown'; why: string };

const prefixLength = ({ destination }: NodeRoute): number => Number(destination.split('/')[1]);

export function routeWords({ type, destination, nextHops, table, metric, source }: NodeRoute): string {
  const hops = nextHops.map(({ gateway, device }) =>
    [gateway && `via ${gateway}`, device && `dev ${device}`].filter((word) => word !== undefined).join(' '),
  );
  return [
    type === 'unicast' ? '' : type,
    destination === '0.0.0.0/0' || destination === '::/0' ? 'default' : destination,
    hops.join(' nexthop '),
    source === undefined ? '' : `src ${source}`,
    table === 'main' ? '' : `table ${table}`,
    metric === 0 ? '' : `metric ${metric}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

const routeLine = (route: NodeRoute): Line => ({
  kind: 'route',
  where: `table ${route.table}`,
  text: routeWords(route),
  route,
});

const hex = (value: number): string => `0x${value.toString(16)}`;
const portWords = (name: string, range: RoutingRule['sourcePorts']): string =>
  range === undefined ? '' : `${name} ${range.from === range.to ? range.from : `${range.from}-${range.to}`}`;

function ruleWords(rule: RoutingRule): string {
  const { priority, not, source, destination, mark, inputDevice, outputDevice, protocol, action, table } = rule;
  const mask = mark === undefined || mark.mask === 0xffffffff ? '' : `/${hex(mark.mask)}`;
  return [
    `${priority}:${not ? ' not' : ''} from ${source ?? 'all'}`,
    destination === undefined ? '' : `to ${destination}`,
    mark === undefined ? '' : `fwmark ${hex(mark.value)}${mask}`,
    inputDevice === undefined ? '' : `iif ${inputDevice}`,
    outputDevice === undefined ? '' : `oif ${outputDevice}`,
    protocol === undefined ? '' : `ipproto ${protocol}`,
    portWords('sport', rule.sourcePorts),
    portWords('dport', rule.destinationPorts),
    action === 'lookup' ? `lookup ${table}` : action,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

const ruleLine = (rule: RoutingRule): Line => ({ kind: 'routing-rule', where: 'ip rule', text: ruleWords(rule) });

/** Tables that every node has, and that all packets come to. */
const USUAL_TABLES = new Set(['local', 'main', 'default']);

/** Whose the mark is by which a rule takes a packet; nothing where it goes by none. */
const markWords = ({ mark }: RoutingRule, { markedBy }: FibQuery): string[] =>
  mark && markedBy ? [`its mark is of ${markedBy.where}: ${markedBy.text}`] : [];

/** A line with what is to be known of it besides. */
const noted = (line: Line, notes: string[]): Line =>
  notes.length === 0 ? line : { ...line, text: `${line.text} (${notes.join('; ')})` };

/** A line of a table of its own, with the rule that leads there and the one that gave the mark that it goes by. */
const ledBy = (line: Line, rule: RoutingRule, query: FibQuery): Line =>
  USUAL_TABLES.has(rule.table ?? 'main')
    ? line
    : noted(line, [`by ip rule ${ruleWords(rule)}`, ...markWords(rule, query)]);

const portHolds = (range: { from: number; to: number } | undefined, port: number | undefined): boolean | undefined =>
  range === undefined ? true : port === undefined ? undefined : range.from <= port && port <= range.to;

/** All of several; false where one is, and undefined where none is and one cannot be told. */
function all(...each: (boolean | undefined)[]): boolean | undefined {
  return each.includes(false) ? false : each.includes(undefined) ? undefined : true;
}

function ruleHolds(index: NodeIndex, rule: RoutingRule, query: FibQuery): boolean | undefined {
  const { source, destination, mark, inputDevice, outputDevice, protocol, unknown = [] } = rule;
  // Routing by l3mdev asks only what comes or goes by a VRF.
  const isOfVrf = unknown.length === 1 && unknown[0] === 'l3mdev';
  const own = all(
    source === undefined ? true : query.source === undefined ? isEverything(source) : isIn(query.source, source),
    destination === undefined ? true : isIn(query.destination, destination),
    mark === undefined ? true : ((query.mark ^ mark.value) & mark.mask) === 0,
    inputDevice === undefined ? true : inputDevice === query.inputDevice,
    outputDevice === undefined ? true : outputDevice === query.outputDevice,
    protocol === undefined ? true : query.protocol === undefined ? undefined : protocol === query.protocol,
    portHolds(rule.sourcePorts, query.sourcePort),
    portHolds(rule.destinationPorts, query.destinationPort),
    rule.users === undefined ? true : query.inputDevice === 'lo' ? undefined : false,
    isOfVrf ? (index.state.links?.some(({ kind }) => kind === 'vrf') === false ? false : undefined) : true,
    unknown.length > 0 && !isOfVrf ? undefined : true,
  );
  return rule.not && own !== undefined ? !own : own;
}

/** A packet without a source yet is looked up with all zeros. */
const isEverything = (range: string): boolean => range.endsWith('/0');

const ENDS = { blackhole: 'blackhole', unreachable: 'unreachable', prohibit: 'prohibited' } as const;
const refusal = (type: string): (typeof ENDS)[keyof typeof ENDS] | undefined =>
  Object.entries(ENDS).find(([name]) => name === type)?.[1];

/** Hops that the kernel would take: not those that are dead, nor another device than the one asked for. */
const usable = (index: NodeIndex, route: NodeRoute, device: string | undefined): Hop[] =>
  route.nextHops.filter(
    (hop) =>
      !hop.flags.includes('dead') &&
      !(
        hop.flags.includes('linkdown') &&
        (index.deviceSysctl('all', 'ignore_routes_with_linkdown', route.family) ?? 0) === 1
      ) &&
      (device === undefined || hop.device === device),
  );

/** `thrown`: the route that ends the look-up in its table, so that the next rule is asked. */
type TableAnswer = FibAnswer | { kind: 'none'; thrown?: Line };

function lookUpTable(index: NodeIndex, table: string, query: FibQuery, choices: Choices): TableAnswer {
  const family = familyOf(query.destination);
  const number = numberOf(query.destination);
  if (number === undefined) return { kind: 'unknown', why: `${query.destination} is no address` };
  for (const route of index.routes(family, table, number)) {
    if (route.unknown && !choices.isOpen(`route ${routeWords(route)} has ${route.unknown.join(', ')}`)) continue;
    if (route.type === 'throw') return { kind: 'none', thrown: routeLine(route) };
    const stop = refusal(route.type);
    if (stop) return { kind: stop, line: routeLine(route) };
    const hops = usable(index, route, query.outputDevice);
    const hop = hops[choices.pick(hops.length, 'chance', `one of the hops of ${routeWords(route)}`)];
    if (hop) return { kind: 'route', route, hop, line: routeLine(route) };
  }
  return { kind: 'none' };
}

const isSuppressed = (rule: RoutingRule, answer: TableAnswer): boolean =>
  rule.suppressPrefixLength !== undefined &&
  answer.kind === 'route' &&
  prefixLength(answer.route) <= rule.suppressPrefixLength;

/** The route by which the kernel would send a packet, by its rules in turn, as fib_rules_lookup does. */
export function lookUp(index: NodeIndex, query: FibQuery, choices: Choices): FibAnswer {
  const { routes, rules } = index.state;
  if (!routes || !rules) return { kind: 'unknown', why: 'its routes and routing rules were not read' };
  const family = familyOf(query.destination);
  let from = 0;
  let thrown: Line | undefined;
  for (const rule of index.rules(family)) {
    if (rule.priority < from) continue;
    const holds = ruleHolds(index, rule, query);
    if (holds === false) continue;
    if (holds === undefined && !choices.isOpen(`whether the routing rule ${ruleLine(rule).text} holds`)) continue;
    if (rule.action === 'nop') continue;
    if (rule.action === 'goto') {
      from = rule.goto ?? 0;
      continue;
    }
    if (rule.action !== 'lookup')
      return { kind: ENDS[rule.action], line: noted(ruleLine(rule), markWords(rule, query)) };
    const answer = lookUpTable(index, rule.table ?? 'main', query, choices);
    if (answer.kind === 'none') thrown ??= answer.thrown;
    if (answer.kind === 'none' || isSuppressed(rule, answer)) continue;
    return 'line' in answer ? { ...answer, line: ledBy(answer.line, rule, query) } : answer;
  }
  const none: Line = { kind: 'nothing', where: 'ip route', text: `no route to ${query.destination}` };
  return { kind: 'no-route', line: thrown ?? none };
}

/**
 * What an address is to the node, as its local table alone says it: `local`, `broadcast`, else `unicast`. With a
 * device, only what is so there.
 */
export function addressType(index: NodeIndex, address: string, device?: string): string | undefined {
  const number = numberOf(address);
  if (number === undefined || !index.state.routes) return undefined;
  const family = familyOf(address);
  const top = Number(number >> BigInt(BITS[family] - 8));
  if (family === 'ipv4' ? top >= 224 && top < 240 : top === 255) return 'multicast';
  if (family === 'ipv4' && (top === 0 || number === 0xffffffffn)) return 'broadcast';
  const [route] = index.routes(family, 'local', number);
  if (!route || (device !== undefined && !route.nextHops.some((hop) => hop.device === device))) return 'unicast';
  return route.type;
}
