/**
 * The specs of `[sig-network]` for the symptoms that the gate looks at: pods of one node and of others over HTTP and
 * UDP, from pods and from nodes; a Service; a NodePort; the cluster's DNS.
 */
export const SPECS = [
  'Networking Granular Checks: Pods should function for intra-pod communication: http',
  'Networking Granular Checks: Pods should function for intra-pod communication: udp',
  'Networking Granular Checks: Pods should function for node-pod communication: http',
  'Networking Granular Checks: Pods should function for node-pod communication: udp',
  'Services should serve a basic endpoint from pods',
  'Services should be able to create a functioning NodePort service',
  'DNS should provide DNS for the cluster [Conformance]',
] as const;

/** As ginkgo takes it. */
export const FOCUS = SPECS.map((spec) => `[sig-network] ${spec}`.replaceAll(/[[\]]/g, String.raw`\$&`)).join('|');

export interface SpecResult {
  name: string;
  state: string;
  ms: number;
  message?: string;
}

interface GinkgoReport {
  SpecReports?: {
    LeafNodeType: string;
    LeafNodeText: string;
    ContainerHierarchyTexts: string[] | null;
    State: string;
    RunTime: number;
    Failure?: { Message: string };
  }[];
}

/** What ginkgo's JSON report says of the specs that were begun, in order. Pure. */
export function readSpecs(json: string): SpecResult[] {
  const suites = JSON.parse(json) as GinkgoReport[];
  return suites
    .flatMap(({ SpecReports }) => SpecReports ?? [])
    .filter(({ LeafNodeType, State }) => LeafNodeType === 'It' && !['skipped', 'pending'].includes(State))
    .map(({ ContainerHierarchyTexts, LeafNodeText, State, RunTime, Failure }) => ({
      name: [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' '),
      state: State,
      ms: RunTime / 1e6,
      ...(Failure && { message: Failure.Message }),
    }));
}

/** A spec without ginkgo's marks. */
const shortly = (name: string): string => name.replaceAll(/\s*\[[^\]]+\]\s*/g, ' ').trim();

/** In a line, what the specs said; `asked` is how many there are. Pure. */
export function specsText(specs: readonly SpecResult[], asked: number): string {
  const failed = specs.filter(({ state }) => ['failed', 'panicked', 'timedout', 'aborted'].includes(state));
  const passed = specs.filter(({ state }) => state === 'passed').length;
  const open = asked - passed - failed.length;
  const stopped = specs.find(({ state }) => state === 'interrupted');
  const [first] = failed;
  const message = first?.message
    ?.split('\n')
    .find((line) => line.trim() !== '')
    ?.trim();
  return [
    `${passed} of ${asked} specs passed`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(open > 0 ? [`${open} did not end`] : []),
    ...(stopped ? [`stopped after ${Math.round(stopped.ms / 1000)} s in "${shortly(stopped.name)}"`] : []),
    ...(message ? [`the first failure "${message.slice(0, 120)}"`] : []),
  ].join(', ');
}
