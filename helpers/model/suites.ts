/**
 * The suites, in the order in which a report is read: connectivity first, the cause last. Each is the file
 * `suites/NAME.suite.ts`; this line and that file are all that a suite is made known by.
 */
export const SUITES = ['pod-to-pod', 'cluster-ip', 'coredns', 'node-port', 'ingress', 'overlay'] as const;

export type SuiteName = (typeof SUITES)[number];

/** Names that suites once had: configurations and recordings have them still. */
const FORMER: Readonly<Record<string, SuiteName>> = { vxlan: 'overlay' };

/** The suite that a name stands for, its former one too; undefined where there is none. */
export const suiteNamed = (name: string): SuiteName | undefined => SUITES.find((each) => each === name) ?? FORMER[name];
