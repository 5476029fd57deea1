/**
 * The suites, in the order in which a report is read: connectivity first, the cause last. Each is the file
 * `suites/NAME.suite.ts`; this line and that file are all that a suite is made known by.
 */
export const SUITES = ['pod-to-pod', 'cluster-ip', 'coredns', 'node-port', 'ingress', 'vxlan'] as const;

export type SuiteName = (typeof SUITES)[number];
