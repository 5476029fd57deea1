import type { Evidence, Location } from '../model/finding.ts';
import type { Provider } from '../model/topology.ts';
import type { View } from './view/view.ts';

/** What a second, targeted round should read to settle candidates. */
export type Request =
  /** Facts of a node by SSH, by the names of their sets (`nft-ruleset`, `ip-neigh` …). */
  | { kind: 'ssh-facts'; node: string; sets: string[]; why: string }
  /** The end of a pod's log, recorded as a Kubernetes fact `pod-log` of {namespace, pod, text}. */
  | { kind: 'pod-log'; namespace: string; pod: string; container?: string; why: string }
  /** Whose address a resolver of pods is, recorded as `dns-address`. */
  | { kind: 'dns-address'; address: string; why: string }
  /** What CoreDNS is configured by, recorded as `corefile`. */
  | { kind: 'corefile'; namespace: string; why: string };

/** What names a request: the same is not read twice in a run. */
export function nameOf(request: Request): string {
  switch (request.kind) {
    case 'ssh-facts':
      return `ssh ${request.node} ${request.sets.join()}`;
    case 'pod-log':
      return `log ${request.pod}`;
    case 'dns-address':
      return `address ${request.address}`;
    case 'corefile':
      return `corefile ${request.namespace}`;
  }
}

/** What a cause breaks, as far as probes can feel it. */
export type Impact =
  /** Everything to, from and on a node. */
  | { kind: 'node'; node: string }
  /** Everything between two nodes, in either direction; with `asked` only what the first asks the second. */
  | { kind: 'underlay'; from: string; to: string; only?: 'asked' }
  /** What the overlay carries between two nodes, in either direction: an answer needs the way back. */
  | { kind: 'overlay'; from: string; to: string; only?: 'large' }
  | { kind: 'overlay-node'; node: string; only?: 'large' }
  /** Everything to and from the pods of a node; `forwarded` is not what the node itself says to them or hears. */
  | { kind: 'pods'; node: string; only?: 'forwarded' }
  /** What a node's Service rules translate. */
  | { kind: 'translation'; node: string; service?: string }
  | { kind: 'service'; service: string }
  | { kind: 'endpoint'; ip: string }
  | { kind: 'replica'; replica: string }
  | { kind: 'external' }
  | { kind: 'host'; host: string }
  | { kind: 'probes'; ids: string[] };

/** One place at which a cause is, or may be. */
export interface Match {
  /** `proved` only with direct evidence that no rival explains. */
  confidence: 'proved' | 'candidate';
  location: Location;
  evidence: Evidence[];
  /** What it breaks there. */
  impact: Impact[];
  /** Failed observations that it accounts for; a match without any rests on facts alone. */
  basis: string[];
  /** Nodes at which the cause would be, where the location does not say. */
  nodes?: string[];
  requests?: Request[];
}

/** Order in the path, the root first. */
export const LAYERS = [
  'node',
  'objects',
  'underlay',
  'overlay',
  'host',
  'pod',
  'service',
  'dns',
  'node-port',
  'ingress',
  'packet',
  'undetermined',
] as const;
export type Layer = (typeof LAYERS)[number];

/** One piece of advice. */
export interface Advice {
  text: string;
  /** Only for nodes that are this provider's machines. */
  provider?: Provider;
}

export interface CatalogueEntry {
  code: string;
  title: (locations: Location[], view: View) => string;
  layer: Layer;
  /** Causes of earlier layers that, found at the same place, explain this one: it is folded under them. */
  dependsOn: readonly CatalogueEntry[];
  /** Causes of the same layer that explain this one once they are proved there; while none is proved, its rivals. */
  yieldsTo?: readonly CatalogueEntry[];
  /** Set where it rests on what a kernel has for IPv4, which says nothing of a cluster of IPv6 alone. */
  reads?: 'ipv4';
  /** SSH facts that would settle it. */
  sets?: string[];
  match: (view: View) => Match[];
  /** What to read though no probe failed: a cause that only some clients feel. */
  asks?: (view: View) => Request[];
  /** What to do about it, with the names and numbers of this cluster. */
  remedy: (view: View, locations: Location[]) => Advice[];
  /** What the command of `verify` prints once it is fixed; absent where that is a run, which says so itself. */
  shows?: string | ((location: Location, view: View) => string);
  /** The command that shows that it is fixed. */
  verify: (location: Location, view: View) => string;
  /** The command that tells a candidate from its rivals. */
  parts: (location: Location, view: View) => string;
}

/** Nodes that a location names. */
export const nodesAt = ({ node, from, to }: Location): string[] =>
  [node, from, to].filter((name) => name !== undefined);
