import type { Connection } from '../../model/facts/ssh.ts';
import type { Chain, Hook, NamedSet, Rule, Ruleset } from '../../model/firewall.ts';
import type { ForwardingEntry, Neighbour, NodeAddress, NodeLink, NodeRoute, RoutingRule } from '../../model/routing.ts';

export type Family = 'ipv4' | 'ipv6';

/** One packet. What is left out is not known: a rule that asks for it cannot be told. */
export interface Packet {
  family: Family;
  /** In the words of /etc/protocols: `tcp`, `udp`, `icmp`, `ipv6-icmp`, `ipip`. */
  protocol: string;
  /** Left out by who leaves the choice to the node that sends it. */
  source?: string;
  destination: string;
  sourcePort?: number;
  destinationPort?: number;
  /** The ports of which a port that is left out is one. */
  anyPorts?: { from: number; to: number };
  /** With its IP header. */
  bytes?: number;
  dontFragment?: boolean;
  /** As numbered in the TCP header; a first packet has SYN alone, 2. */
  tcpFlags?: number;
  icmp?: { type: number; code: number };
  ttl?: number;
  mark?: number;
}

/** How a packet comes to the node's IP stack. */
export type Entry =
  /** From a cable, a tunnel or a pod's cable; the latter is a bridge's port or a device of its own. */
  | { by: 'device'; device: string }
  /** From a process on the node's own network. */
  | { by: 'process' };

/** What was read of a node. What is undefined was not read, and nothing is concluded from it. */
export interface NodeState {
  links?: readonly NodeLink[];
  addresses?: readonly NodeAddress[];
  routes?: readonly NodeRoute[];
  rules?: readonly RoutingRule[];
  neighbours?: readonly Neighbour[];
  forwards?: readonly ForwardingEntry[];
  sysctls?: Readonly<Record<string, string>>;
  /** Without doubles: what iptables shows is not among those of nft. */
  rulesets?: readonly Ruleset[];
  ipsets?: readonly NamedSet[];
  /** Connections that the node knows already. */
  connections?: readonly Connection[];
}

/** The very line of the state that did something. */
export interface Line {
  kind:
    | 'rule'
    | 'policy'
    | 'route'
    | 'routing-rule'
    | 'sysctl'
    | 'neighbour'
    | 'forwarding-entry'
    | 'device'
    | 'connection'
    /** The state has no line for it: no route, no address. */
    | 'nothing';
  /** `nft inet filter/input`, `iptables filter/FORWARD`, `table main`. */
  where: string;
  text: string;
  /** What its counter stands at. */
  packets?: number;
  rule?: Rule;
  chain?: Chain;
  program?: Ruleset['program'];
  route?: NodeRoute;
}

export interface Stage {
  at:
    | Hook
    | 'route'
    | 'forwarding'
    | 'reverse path'
    | 'martian'
    | 'connection tracking'
    | 'translation'
    | 'size'
    | 'time to live'
    | 'neighbour'
    | 'bridge'
    | 'encapsulation'
    | 'delivery';
  what: string;
  line?: Line;
}

/** Of a first packet of TCP: SYN alone, and IP's and TCP's headers with the options that it has. */
export const FIRST_OF_TCP = { tcpFlags: 2, bytes: 60 } as const;

/** What became of a packet that did not go on. */
export type Stop =
  | 'dropped'
  | 'refused'
  | 'no-route'
  | 'blackhole'
  | 'unreachable'
  | 'prohibited'
  | 'not-forwarded'
  | 'reverse-path'
  | 'martian'
  | 'too-big'
  | 'expired'
  | 'no-neighbour'
  | 'device-down';

export type End =
  /** Given to the node's own sockets. */
  | { kind: 'delivered'; packet: Packet; device: string }
  /** Sent by a device that leads off the node's IP stack. */
  | { kind: 'left'; packet: Packet; device: string; nextHop?: string; mac?: string }
  | { kind: Stop; packet: Packet; line: Line; with?: string }
  /** It cannot be told how it goes on; the line that decides, where it is that line which is not known. */
  | { kind: 'unknown'; packet: Packet; why: string; line?: Line };

/** What parts one way of a packet from another. */
export interface Choice {
  /** `chance`: both happen, to one packet or the next. `open`: it cannot be told which. */
  kind: 'chance' | 'open';
  why: string;
}

/** One way that a packet may take. */
export interface Path {
  stages: Stage[];
  end: End;
  /** Those that were met on this way, and the answer to each. */
  choices: (Choice & { taken: number })[];
  /** What was not read, though it has a say. */
  gaps: string[];
  /** Rules whose matches held: their counters have risen. */
  hits: Rule[];
  /** Those of them that led it past what stands behind them, or gave it another mark. */
  sways: Line[];
  /** Rules that do nothing to the packet and whose counters may have risen. */
  mayHit: Rule[];
  /** Packets within others, from the outermost: those that tunnels have wrapped. */
  inner: Packet[];
  /** What the node now knows of the flow; undefined where it keeps nothing of it. */
  connection?: Connection;
  /** The same of the packets in `inner`. */
  innerConnections: Connection[];
}

export interface Walk {
  paths: Path[];
  /** Whether all that can happen is told: no way ends in another manner for a reason that is not known. */
  isTold: boolean;
  /** Why not. */
  open: string[];
}
