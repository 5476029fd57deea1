/** A rule or a chain's policy that drops or refuses packets on a node. */
export interface Drop {
  /** Where in the packet's way: `ingress`, `prerouting`, `input`, `forward`, `output`, `postrouting`. */
  hook: string;
  /** `nft inet filter/input` or `iptables INPUT`. */
  chain: string;
  /** The rule, or `policy drop`. */
  text: string;
  /** What its counter stands at; undefined without a counter. */
  packets?: number;
  /** Destination ports that the rule names, with protocol; empty when it names none. */
  ports: { protocol: string; from: number; to: number }[];
  policy: boolean;
  /** The one protocol that it takes (`udp`, `tcp`, `icmp`); undefined when it takes all. */
  protocol?: string;
  /**
   * The only sources that it takes, as addresses or ranges; undefined when it takes any, or says them in another way.
   */
  sources?: string[];
  /** The only destinations that it takes, in the same way. */
  destinations?: string[];
  /** It asks for nothing but devices, addresses and protocol: what comes that way is dropped, whatever it is. */
  catchAll: boolean;
}

/** Chains that Kubernetes' own components keep and that hold drops of their own on healthy nodes. */
const OWN_CHAINS = /^(KUBE-|CNI-|FLANNEL-|cali)/;

type Json = Record<string, unknown>;
interface NftRule {
  family: string;
  table: string;
  chain: string;
  expr?: Json[];
}
interface NftChain {
  family: string;
  table: string;
  name: string;
  hook?: string;
  policy?: string;
}

function portsOf(right: unknown, protocol: string): Drop['ports'] {
  if (typeof right === 'number') return [{ protocol, from: right, to: right }];
  const { set, range } = (right ?? {}) as { set?: unknown[]; range?: [number, number] };
  if (range) return [{ protocol, from: range[0], to: range[1] }];
  return (set ?? []).flatMap((each) => portsOf(each, protocol));
}

function portsInRule(expr: Json[]): Drop['ports'] {
  return expr.flatMap((each) => {
    const match = each['match'] as
      | { op?: string; left?: { payload?: { protocol?: string; field?: string } }; right?: unknown }
      | undefined;
    const payload = match?.left?.payload;
    return payload?.field === 'dport' && match?.op !== '!=' ? portsOf(match?.right, payload.protocol ?? 'any') : [];
  });
}

/** The chain itself and every chain that it jumps to, with the hook of the base chain it begins at. */
function hooksOf(chains: NftChain[], rules: NftRule[]): Map<string, Set<string>> {
  const key = ({ family, table }: { family: string; table: string }, chain: string) => `${family} ${table}/${chain}`;
  const hooks = new Map<string, Set<string>>();
  const visit = (name: string, hook: string) => {
    const known = hooks.get(name) ?? new Set();
    if (known.has(hook)) return;
    hooks.set(name, known.add(hook));
    for (const rule of rules.filter((each) => key(each, each.chain) === name)) {
      for (const each of rule.expr ?? []) {
        const target = ((each['jump'] ?? each['goto']) as { target?: string } | undefined)?.target;
        if (target) visit(key(rule, target), hook);
      }
    }
  };
  for (const chain of chains) if (chain.hook) visit(key(chain, chain.name), chain.hook);
  return hooks;
}

/** Left sides of matches that leave a rule open for all that comes the same way. */
function isWay(match: {
  op?: string;
  left?: { meta?: { key?: string }; payload?: { protocol?: string; field?: string } };
}): boolean {
  const { meta, payload } = match.left ?? {};
  // What is said by exception leaves something out: perhaps just the port in question.
  if (match.op === '!=') return false;
  return (
    /^(iif|oif|iifname|oifname|nfproto|l4proto|protocol)$/.test(meta?.key ?? '') ||
    /^(saddr|daddr|protocol|version|nexthdr)$/.test(payload?.field ?? '') ||
    payload?.field === 'dport'
  );
}

const SILENT = new Set(['counter', 'drop', 'reject', 'log', 'comment']);

/** The protocol to which a rule of nftables keeps. */
function protocolOf(expr: Json[]): string | undefined {
  for (const each of expr) {
    const { op, left, right } = (each['match'] ?? {}) as {
      op?: string;
      left?: { meta?: { key?: string }; payload?: { protocol?: string; field?: string } };
      right?: unknown;
    };
    if (op !== '==' && op !== 'in') continue;
    if ((left?.meta?.key === 'l4proto' || left?.payload?.field === 'protocol') && typeof right === 'string')
      return right;
    if (left?.payload?.field === 'dport' && left.payload.protocol !== 'th') return left.payload.protocol;
  }
  return undefined;
}

/** Addresses of a match: one, a range of a prefix, or a set of them; nothing for what is said in another way. */
function addressesOf(right: unknown): string[] | undefined {
  if (typeof right === 'string') return right.startsWith('@') ? undefined : [right];
  const { set, prefix } = (right ?? {}) as { set?: unknown[]; prefix?: { addr: string; len: number } };
  if (prefix) return [`${prefix.addr}/${prefix.len}`];
  const each = set?.map(addressesOf);
  return each?.every((some) => some !== undefined) ? each.flat() : undefined;
}

/** The sources or destinations to which a rule of nftables keeps. */
function keptTo(expr: Json[], field: 'saddr' | 'daddr'): string[] | undefined {
  for (const each of expr) {
    const { op, left, right } = (each['match'] ?? {}) as {
      op?: string;
      left?: { payload?: { field?: string } };
      right?: unknown;
    };
    if (left?.payload?.field === field && op !== '!=') return addressesOf(right);
  }
  return undefined;
}

const isOpen = (expr: Json[]): boolean =>
  expr.every((each) =>
    Object.keys(each).every((key) => SILENT.has(key) || (key === 'match' && isWay(each['match'] as object))),
  );

const sideText = (side: unknown): string => {
  if (typeof side !== 'object' || side === null) return String(side);
  const { meta, payload, ct, set, prefix, range } = side as {
    meta?: { key: string };
    payload?: { protocol?: string; field?: string };
    ct?: { key: string };
    set?: unknown[];
    prefix?: { addr: string; len: number };
    range?: [unknown, unknown];
  };
  if (meta) return meta.key;
  if (payload?.field) return `${payload.protocol ?? ''} ${payload.field}`.trim();
  if (ct) return `ct ${ct.key}`;
  if (set) return `{ ${set.map(sideText).join(', ')} }`;
  if (prefix) return `${prefix.addr}/${prefix.len}`;
  return range ? `${sideText(range[0])}-${sideText(range[1])}` : JSON.stringify(side);
};

/** A part of a rule in nft's own words, as far as they are simple; else its name. */
function exprText(each: Json): string {
  const match = each['match'] as { op?: string; left?: unknown; right?: unknown } | undefined;
  if (match)
    return (
      `${sideText(match.left)}${match.op === '==' || match.op === 'in' ? '' : ` ${match.op}`} ` + sideText(match.right)
    );
  return Object.keys(each).join(' ');
}

function nftDrops(ruleset: Json[]): Drop[] {
  const chains = ruleset.flatMap((each) => (each['chain'] ? [each['chain'] as NftChain] : []));
  const rules = ruleset.flatMap((each) => (each['rule'] ? [each['rule'] as NftRule] : []));
  const hooks = hooksOf(chains, rules);
  const policies = chains
    .filter(({ hook, policy }) => hook && policy === 'drop')
    .map((chain): Drop => ({
      hook: chain.hook as string,
      chain: `nft ${chain.family} ${chain.table}/${chain.name}`,
      text: 'policy drop',
      ports: [],
      policy: true,
      catchAll: true,
    }));
  const dropping = rules.flatMap((rule): Drop[] => {
    const expr = rule.expr ?? [];
    if (
      OWN_CHAINS.test(rule.chain) ||
      /kube-proxy/.test(rule.table) ||
      !expr.some((each) => 'drop' in each || 'reject' in each)
    )
      return [];
    const packets = (expr.find((each) => each['counter'])?.['counter'] as { packets?: number } | undefined)?.packets;
    const shown = expr
      .filter((each) => !('counter' in each))
      .map(exprText)
      .join(' ');
    const at = hooks.get(`${rule.family} ${rule.table}/${rule.chain}`) ?? new Set<string>();
    return [...at].map((hook) => ({
      hook,
      chain: `nft ${rule.family} ${rule.table}/${rule.chain}`,
      text: shown,
      packets,
      ports: portsInRule(expr),
      policy: false,
      protocol: protocolOf(expr),
      sources: keptTo(expr, 'saddr'),
      destinations: keptTo(expr, 'daddr'),
      catchAll: isOpen(expr),
    }));
  });
  return [...policies, ...dropping];
}

const IPTABLES_HOOKS: Record<string, string> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** What makes a rule of iptables take a part of the traffic only. */
const NARROW =
  /! --dports? |! -p |--ctstate|--state|--tcp-flags|--syn|--limit|--match-set|--mark|--hashlimit|--seconds|--string|--icmp-type|--sports? |-m (?:statistic|recent|time|u32|bpf|owner|addrtype|ttl|length|physdev|rpfilter)/;

function iptablesDrops(text: string): Drop[] {
  return text.split('\n').flatMap((line): Drop[] => {
    const [, policyChain, policyPackets] = /^:(INPUT|FORWARD|OUTPUT) DROP(?: \[(\d+):)?/.exec(line) ?? [];
    if (policyChain)
      return [
        {
          hook: IPTABLES_HOOKS[policyChain] as string,
          chain: `iptables ${policyChain}`,
          text: 'policy DROP',
          ...(policyPackets && { packets: Number(policyPackets) }),
          ports: [],
          policy: true,
          catchAll: true,
        },
      ];
    const [, packets, chain, rule] = /^(?:\[(\d+):\d+\] )?-A (\S+) (.*-j (?:DROP|REJECT).*)$/.exec(line) ?? [];
    if (!chain || !rule || OWN_CHAINS.test(chain)) return [];
    const protocol = /-p (\S+)/.exec(rule)?.[1] ?? 'any';
    const ports = [...rule.matchAll(/(?<!! )--dports? ([\d:,]+)/g)].flatMap(([, list]) =>
      (list as string).split(',').map((each) => {
        const [from, to] = each.split(':').map(Number) as [number, number?];
        return { protocol, from, to: to ?? from };
      }),
    );
    const source = /(?<!! )-s (\S+)/.exec(rule)?.[1];
    const destination = /(?<!! )-d (\S+)/.exec(rule)?.[1];
    // A chain of somebody's own may hang on any hook: its name is often all there is to tell.
    const hook =
      IPTABLES_HOOKS[chain] ??
      (/forward|fwd|docker/i.test(chain) ? 'forward' : /out/i.test(chain) ? 'output' : 'input');
    return [
      {
        hook,
        chain: `iptables ${chain}`,
        text: rule,
        ...(packets !== undefined && { packets: Number(packets) }),
        ports,
        policy: false,
        ...(protocol !== 'any' && protocol !== 'all' && { protocol }),
        ...(source && { sources: [source] }),
        ...(destination && { destinations: [destination] }),
        catchAll: !NARROW.test(rule),
      },
    ];
  });
}

/**
 * Everything that drops, of a ruleset as `nft -j list ruleset` gives it and of `iptables-save`; what both show is shown
 * once.
 */
export function readDrops(nftables: Json[], iptablesSave: string): Drop[] {
  const iptables = iptablesDrops(iptablesSave);
  // iptables-nft's tables show in both: iptables-save reads them better, nft has their counters.
  const native = nftDrops(nftables).filter(
    ({ chain }) =>
      iptablesSave === '' ||
      !/^nft ip6? (filter|nat|mangle|raw)\/(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)$/.test(chain),
  );
  return [...native, ...iptables];
}

/** Whether a drop takes what is for a port: it names it, or it asks for no port and for nothing else. */
export const drops = (drop: Drop, protocol: 'udp' | 'tcp', port: number): boolean =>
  (drop.ports.length === 0 && drop.catchAll && (drop.protocol === undefined || drop.protocol === protocol)) ||
  drop.ports.some(
    (each) =>
      (each.protocol === protocol || each.protocol === 'any' || each.protocol === 'th') &&
      each.from <= port &&
      port <= each.to,
  );

/** Where a drop stands, its words and its counter. */
export const told = ({ chain, text, packets }: Drop): string =>
  `${chain}: ${text}${packets === undefined ? '' : ` (${packets} packets)`}`;

export const names = (drop: Drop, protocol: 'udp' | 'tcp', port: number): boolean =>
  drop.ports.length > 0 && drops(drop, protocol, port);
