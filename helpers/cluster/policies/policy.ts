import type { Told } from './told.ts';

export type Labels = Readonly<Record<string, string>>;

/** A pod as policies tell pods apart. */
export interface PodIdentity {
  namespace: string;
  labels: Labels;
  namespaceLabels: Labels;
  /** Whether its namespace has no other labels than these. */
  areAllKnown?: true;
  /** Ranges in which its address may be. */
  ranges: readonly string[];
}

/** A port of a pod, as an endpoint has it. */
export interface PodPort {
  number: number;
  protocol: string;
}

export type Way = 'ingress' | 'egress';
export const WAYS: readonly Way[] = ['ingress', 'egress'];

export interface PolicyRule {
  /** `pass` leaves it to the policies of the next stage. */
  action: 'allow' | 'deny' | 'pass';
  /** Whether it has no condition at all. */
  isOpen: boolean;
  /** Whether it is about a peer, at a port; of one about ports nothing is told where none is given. */
  matches: (peer: PodIdentity, port?: PodPort) => Told;
}

/** A program that enforces policies of its own kinds. */
export type PolicyEngine = 'calico' | 'cilium';

/** Policies of one stage are asked before those of the next. */
export const STAGES = ['admin', 'default', 'baseline'] as const;

/**
 * A policy of any kind, as far as it says who reaches pods and whom they reach. The first rule decides that is about a
 * peer, in the order of the policies; where none is, whoever is isolated by one of them is denied.
 */
export interface PodPolicy {
  /** As the API calls it. */
  kind: string;
  /** The one program that enforces it; absent where any may. */
  engine?: PolicyEngine;
  /** Absent where it is the whole cluster's. */
  namespace?: string;
  name: string;
  /** Of the pods that it selects; empty where it selects all, or by expressions. */
  labels: Labels;
  stage: (typeof STAGES)[number];
  /** Lower ones are asked first. */
  order: number;
  selects: (pod: PodIdentity) => Told;
  /** By the way that it is about: whether it isolates, and its rules. */
  ways: Partial<Record<Way, { isolates: boolean; rules: readonly PolicyRule[] }>>;
}

export const KUBERNETES_KIND = 'NetworkPolicy';

/**
 * The order that Calico gives the NetworkPolicies of Kubernetes among its own (docs.tigera.io, Network policy, order);
 * with other plugins they all have the same.
 */
export const KUBERNETES_ORDER = 1000;

/** A policy as it is named to a reader: by its kind as well where that is another than Kubernetes' own. */
export const policyName = ({ kind, name }: Pick<PodPolicy, 'kind' | 'name'>): string =>
  kind === KUBERNETES_KIND ? name : `${kind} ${name}`;
