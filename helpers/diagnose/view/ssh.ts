import type { Facts, Seen } from './facts.ts';
import { readDrops, type Drop } from './rulesets.ts';

export interface SshLink {
  ifname: string;
  link?: string;
  address?: string;
  mtu?: number;
  flags?: string[];
  linkinfo?: {
    info_kind?: string;
    info_data?: { id?: number; port?: number; local?: string; local6?: string; link?: string; dev?: string };
  };
}

export interface SshNeighbour {
  dst: string;
  dev?: string;
  lladdr?: string;
  state?: string[];
}

export interface SshForward {
  mac: string;
  ifname?: string;
  dst?: string;
}

export interface SshRule {
  priority?: number;
  src?: string;
  dst?: string;
  table?: string | number;
  fwmark?: unknown;
  iif?: string;
  srclen?: number;
  dstlen?: number;
  /** `prohibit`, `unreachable`, `blackhole`; undefined where a table is looked up. */
  action?: string;
}

/** What was read on a node by SSH. Each is undefined when it was not read. */
export interface SshView {
  links?: Seen<SshLink[]>;
  neighbours?: Seen<SshNeighbour[]>;
  forwards?: Seen<SshForward[]>;
  rules?: Seen<SshRule[]>;
  /** Rules that drop or refuse, of nftables and iptables, without those that Kubernetes' own components keep. */
  drops?: Drop[];
  rulesets: string[];
  iptables?: Seen<string>;
  nftText?: Seen<string>;
  conntrack?: Seen<string>;
  /** Names of the files in the folders of the runtime's network configuration. */
  cniFiles?: Seen<string[]>;
  /** Addresses held by network name. */
  allocations?: Seen<Record<string, number>>;
  ps?: Seen<string>;
}

function parsed<T>(seen: Seen<unknown> | undefined): Seen<T> | undefined {
  if (!seen) return undefined;
  try {
    return { id: seen.id, value: (typeof seen.value === 'string' ? JSON.parse(seen.value) : seen.value) as T };
  } catch {
    return undefined;
  }
}

const list = <T>(seen: Seen<unknown> | undefined): Seen<T[]> | undefined => {
  const value = parsed<T[]>(seen);
  return value && Array.isArray(value.value) ? value : undefined;
};

const text = (seen: Seen<unknown> | undefined): Seen<string> | undefined =>
  seen && { id: seen.id, value: typeof seen.value === 'string' ? seen.value : JSON.stringify(seen.value) };

export function readSsh(facts: Facts, node: string): SshView {
  const raw = (key: string) => facts.one<unknown>(`ssh/${key}`, node);
  const iptables = text(raw('iptables-save'));
  const nft = parsed<{ nftables?: Record<string, unknown>[] }>(raw('nft-ruleset'));
  const cniFiles = raw('cni-files');
  const conntrack = facts
    .all<unknown>('ssh/conntrack')
    .concat(facts.all<unknown>('ssh/conntrack-list'), facts.all<unknown>('ssh/conntrack-udp'))
    .filter((fact) => fact.node === node)
    .at(-1);
  return {
    links: list(raw('ip-link')),
    neighbours: list(raw('ip-neigh')),
    forwards: list(raw('bridge-fdb')),
    rules: list(raw('ip-rule')),
    drops: iptables || nft ? readDrops(nft?.value.nftables ?? [], iptables?.value ?? '') : undefined,
    rulesets: [iptables?.id, nft?.id].filter((id) => id !== undefined),
    iptables,
    nftText: text(raw('nft-ruleset')),
    conntrack: text(conntrack),
    cniFiles: cniFiles && {
      id: cniFiles.id,
      value:
        typeof cniFiles.value === 'object' && cniFiles.value !== null
          ? Object.keys(cniFiles.value).map((path) => path.split('/').at(-1) as string)
          : [],
    },
    allocations: raw('cni-allocations') as Seen<Record<string, number>> | undefined,
    ps: text(raw('ps')),
  };
}
