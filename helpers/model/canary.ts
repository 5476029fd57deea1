/** Name of Netwright's own Service, and the name by which its pods say whose answer theirs is. */
export const CANARY = 'canary';

/** Its twin without an address of its own. */
export const CANARY_HEADLESS = 'canary-headless';

/** The path under which they say so, to who knows the run's key. */
export const CANARY_PATH = '/canary';

/** The same, and the connection stays for the next request. */
export const KEPT_CANARY_PATH = `${CANARY_PATH}?kept`;

/** The canary's ports by name: two of TCP lead to the probes' TCP port, the third to their UDP port. */
export const CANARY_PORTS = { http: 80, other: 8080, udp: 8377 } as const;

/** The name that its Ingress is for, and which ingress serves it. */
export interface CanaryIngress {
  host: string;
  /** As in `TargetHost`. */
  ingress?: number;
}

/** What a run knows of its canary: a Service before its own probe pods, and an Ingress where there may be one. */
export interface Canary {
  /** `namespace/name` of the Service. */
  service: string;
  /** Its Ingress; absent where it has none. */
  ingress?: CanaryIngress;
  /** The run's key. Never recorded. */
  key: string;
  /** When its endpoints were ready, in ms since 1970: nodes and controllers take it in after that. */
  readyAtMs: number;
}
