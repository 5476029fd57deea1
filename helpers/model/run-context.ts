import type { Canary } from './canary.ts';
import type { FactValue } from './facts.ts';
import type { Family } from './family.ts';
import type { Hole } from './finding.ts';
import type { SuiteName } from './suites.ts';
import type { KubeconfigSource } from './kubeconfig-source.ts';
import type { Profile, Targets } from './targets.ts';
import type { Topology } from './topology.ts';

/** One probe pod that answers. */
export interface ProbePod {
  node: string;
  network: 'pod' | 'host';
  namespace: string;
  pod: string;
  /** The one that is probed: the first that Kubernetes names. */
  ip: string;
  /** All of them, of every family. */
  ips?: string[];
}

/** The namespace of the probes in each network; they may be one and the same. */
export type ProbeNamespaces = Record<ProbePod['network'], string>;

export interface RunSettings {
  /** Time-out of one attempt of one probe. */
  timeoutMs: number;
  /** Datagrams in one UDP probe. */
  udpAttempts: number;
  /** Connections to a Service by its ClusterIP, so that each of its endpoints is likely to be picked. */
  serviceAttempts: number;
  /** Probes of one agent that run at once. */
  concurrency: number;
  /** VXLAN-shaped datagrams in one burst. */
  burst: number;
  /** Above this number of nodes the mesh is sampled (see plans/pairs.ts). */
  fullMeshNodes: number;
}

/** Beside the suites: what is written, and what is held against what. */
export interface AcceptanceSettings {
  /** Whether the run ends with the sentence of an acceptance; a snapshot does not. */
  isJudged: boolean;
  /** `namespace/name` of Deployments that may be scaled and restarted. */
  exercise: readonly string[];
  wanted: FactValue<'acceptance'>;
}

/** All that a suite needs to know of its run. Plain data: prepared once, provided to the suites by vitest. */
export interface RunContext {
  runId: string;
  startedAt: string;
  profile: Profile;
  /** Folder of this run's report. */
  reportDir: string;
  kubeconfig: KubeconfigSource;
  kubeContext: string;
  settings: RunSettings;
  /** Namespaces whose Services and Ingress objects are looked at, `*` for all. */
  namespaces: readonly string[];
  /** What is looked at besides, where nobody named the targets: as in cluster/scope.ts. */
  discovers?: { allIngresses: boolean; withApiServer: boolean };
  topology: Topology;
  /** Of a run as a plan sees it: the family of all its addresses. */
  family?: Family;
  /** The cluster has another family, by which all else is asked. */
  isSecondFamily?: true;
  /** Nodes that take no part, by choice or because nothing can be asked of them. */
  leftOut?: readonly string[];
  /** Nodes that are Ready by name alone: their kubelets have not been heard since before the probes were rolled out. */
  unheard?: readonly string[];
  /** Nothing of any node answers where Netwright runs: what it would ask them, the nodes ask each other. */
  isOutOfReach?: true;
  targets: Targets;
  /** A DNS name outside the cluster that should resolve; not probed when absent. */
  externalName?: string;
  pods: ProbePod[];
  /** Netwright's own Service and Ingress; absent where they could not be made. */
  canary?: Canary;
  agent: { nodePath: string; ports: { podTcp: number; podUdp: number; hostTcp: number; hostUdp: number } };
  /** The suites that the run includes, in the order of the report. */
  suites: readonly SuiteName[];
  /** Set where the network is taken down as a snapshot, or judged as a whole after a change. */
  acceptance?: AcceptanceSettings;
  holes: Hole[];
}

/** The probe pod of a node in one of the two networks, when there is one that answers. */
export function podOf(context: RunContext, node: string, network: 'pod' | 'host'): ProbePod | undefined {
  return context.pods.find((pod) => pod.node === node && pod.network === network);
}

/** Whether Netwright runs as a pod of the cluster that it looks at: it then sees nothing from outside. */
export const runsInside = ({ kubeconfig }: Pick<RunContext, 'kubeconfig'>): boolean =>
  kubeconfig.kind === 'service-account';

/** Whether nodes are asked from where Netwright runs. */
export const asksFromOutside = (context: Pick<RunContext, 'kubeconfig' | 'isOutOfReach'>): boolean =>
  !runsInside(context) && context.isOutOfReach !== true;
