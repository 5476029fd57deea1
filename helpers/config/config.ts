import type { AcceptedNetwork } from '../model/facts/acceptance.ts';
import type { SuiteName } from '../model/suites.ts';
import type { NodeSelection } from '../model/node-selection.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { ProbeNamespaces } from '../model/run-context.ts';
import type { IdentityRule, Profile, SshTarget } from '../model/targets.ts';
import type { ConfiguredHost, ConfiguredService, IngressNodes } from './items.ts';
import type { ProfileSettings } from './profiles.ts';
import type { FailOn } from './variables/run.ts';

/**
 * All configuration, read and checked; paths are absolute. What is undefined is left to discovery, or skipped with a
 * reason.
 */
export interface Config {
  profile: Profile;
  settings: ProfileSettings;
  target: string;
  /** Undefined when none was named and none was found; see `requireKubeconfig`. */
  kubeconfig?: KubeconfigSource;
  /** Where a kubeconfig was looked for. */
  kubeconfigCandidates: readonly string[];
  kubeContext?: string;
  /** Of the Services that are named without one. */
  namespace: string;
  /** Where targets are discovered; `*` for everywhere. */
  namespaces: readonly string[];
  services?: readonly ConfiguredService[];
  hosts?: readonly ConfiguredHost[];
  /** Which nodes take part; all of them when absent. */
  nodes?: NodeSelection;
  healthPath: string;
  /** Set where the path was named, and not taken for want of another. */
  isHealthPathNamed?: true;
  identity: IdentityRule;
  externalName?: string;
  loadBalancer?: string;
  ingressHttpPort?: number;
  ingressHttpsPort?: number;
  ingressNodePortHttp?: number;
  ingressNodePortHttps?: number;
  ingressCaPath?: string;
  ingressNodes?: IngressNodes;
  probe: {
    /** Namespaces that are there already. */
    namespaces?: ProbeNamespaces;
    image: string;
    pullSecret?: string;
    nodePath: string;
    ports: { podTcp: number; podUdp: number; hostTcp: number; hostUdp: number };
    /** Whether Netwright's own Service has NodePorts. */
    canaryNodePort: boolean;
    /** Class of Netwright's own Ingress; `none` for no Ingress. */
    canaryIngressClass?: string;
  };
  /** Only when a user is named. */
  ssh?: SshTarget;
  suites: readonly SuiteName[];
  failOn: FailOn;
  /** Time for a whole run. */
  budgetMs?: number;
  /** How long to wait for roll-outs before it. */
  waitMs?: number;
  /** For the profile acceptance, and for snapshots. */
  acceptance: {
    /** File that a snapshot is written to. */
    snapshotPath?: string;
    /** File of a snapshot from before. */
    beforePath?: string;
    network?: AcceptedNetwork;
    /** `namespace/name`. */
    deployments: readonly string[];
    /** Deployments that the user lets be scaled and restarted. */
    exercise: readonly string[];
  };
  reportsDir: string;
  /** What is kept of older runs' folders there. */
  retention: { runs?: number; ageMs?: number };
  metricsPath?: string;
  /** Where /metrics is served during a run. */
  metricsListen?: { host: string; port: number };
  /** Pushgateway that is given the metrics. */
  pushgatewayUrl?: string;
  /** Whether the run is written as a ClusterReport. */
  openReport: boolean;
  /** Who is told of changes. */
  webhook?: { url: string; format: 'json' | 'slack' };
  /** A dead man's switch. */
  pingUrl?: string;
  /** File of what is accepted for a time. */
  acceptedPath?: string;
  htmlReport: boolean;
  cacheDir: string;
  testLab?: string;
  labKeepBroken: boolean;
}
