import type { Evidence, Location } from '../../model/finding.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import type { SuiteName } from '../../model/suites.ts';
import { isLarge } from '../impact.ts';
import { verdictOf } from '../view/pairs.ts';
import type { View } from '../view/view.ts';

export const say = (text: string, ...observations: (string | undefined)[]): Evidence => ({
  text,
  observations: observations.filter((id) => id !== undefined),
});

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `a, b and c`, and a number for those beyond the first few. */
export const listed = (values: readonly string[], most = 3): string =>
  values.length <= most
    ? values.join(', ').replace(/, ([^,]*)$/, ' and $1')
    : `${values.slice(0, most - 1).join(', ')} and ${values.length - most + 1} more`;

/** Several ordered pairs by what they have in common: a node that all lead to or from, all of some nodes, a number. */
function pairsText(pairs: readonly [from: string, to: string][]): string {
  const [froms, tos] = [distinct(pairs.map(([from]) => from)), distinct(pairs.map(([, to]) => to))];
  const nodes = distinct(pairs.flat());
  if (tos.length === 1) return `from ${listed(froms)} to ${tos[0]}`;
  if (froms.length === 1) return `from ${froms[0]} to ${listed(tos)}`;
  if (pairs.length === nodes.length * (nodes.length - 1)) return `between ${listed(nodes)}, both ways`;
  const center = nodes.find((node) => pairs.every((pair) => pair.includes(node)));
  return center !== undefined && pairs.length === 2 * (nodes.length - 1)
    ? `from and to ${center}`
    : `${pairs.length} ordered pairs of nodes`;
}

/** `a to b` for one pair, and what several have in common. */
export function placeOf(locations: Location[]): string {
  const [first] = locations;
  if (!first) return '';
  if (locations.length > 1) {
    const pairs = locations.flatMap(({ from, to }): [string, string][] =>
      from !== undefined && to !== undefined ? [[from, to]] : [],
    );
    if (pairs.length === locations.length) return pairsText(pairs);
    const nodes = locations.flatMap(({ node, service, endpoint, host, replica }) =>
      node !== undefined && (service ?? endpoint ?? host ?? replica) === undefined ? [node] : [],
    );
    return nodes.length === locations.length ? listed(distinct(nodes)) : `${locations.length} places`;
  }
  return first.from !== undefined
    ? `${first.from} to ${first.to}`
    : (first.replica ?? first.endpoint ?? first.host ?? first.service ?? first.node ?? 'the cluster');
}

/** A node with the address by which firewalls know it: `k3s-worker-03 (10.0.0.112)`. */
export function addressed(view: View, node: string | undefined): string {
  const address = view.cluster.nodes.get(node ?? '')?.value.internalIp;
  return address === undefined ? (node ?? 'the node') : `${node} (${address})`;
}

/** Ways of a finding with the addresses of both ends, for a remedy: `from a (10.0.0.1) to b (10.0.0.2)`. */
export function waysText(view: View, locations: readonly Location[]): string {
  const tos = distinct(locations.flatMap(({ to }) => to ?? []));
  const froms = distinct(locations.flatMap(({ from }) => from ?? []));
  const named = (nodes: string[]) =>
    listed(
      nodes.map((node) => addressed(view, node)),
      4,
    );
  if (tos.length === 0) return 'between all nodes';
  return distinct([...froms, ...tos]).length === froms.length && froms.length === tos.length
    ? `in both directions between ${named(froms)}`
    : `from ${named(froms)} to ${named(tos)}`;
}

/**
 * The run that shows that a cause is fixed, and what it prints then. A report has its own run's target in place of the
 * bare command.
 */
export const verifyRun = (suite: SuiteName, once: string): string =>
  `netwright run --suite ${suite} # prints HEALTHY once ${once}`;

/** Whether it goes from one node to a pod of another, or to its tunnel address: what only the overlay carries. */
export const overOverlay = ({ kind, crosses }: ProbeObservation): boolean =>
  kind !== 'burst' && (crosses.overlay ?? []).length > 0;

/** Whether it is one of the small ones that every pair of nodes is asked by. */
export const isSmallMesh = ({ role }: ProbeObservation): boolean => role === 'tcp-small' || role === 'udp-small';

/** Probes over the overlay between two nodes in both directions, small ones unless all are asked for. */
export function overlayProbes(view: View, a: string, b: string, large = false): ProbeObservation[] {
  const both = [...(view.pair(a, b)?.probes ?? []), ...(view.pair(b, a)?.probes ?? [])];
  return both.filter((probe) => overOverlay(probe) && (large || !isLarge(probe)));
}

const RAW = new Set([
  'timeout',
  'no-reply',
  'no-route',
  'prohibited',
  'partial-loss',
  'reset',
  'message-too-large',
  'other',
]);

/** Failed over the overlay in a way that the network may be blamed for: an answer with a bad status came through. */
export const networkFailures = (probes: readonly ProbeObservation[]): ProbeObservation[] =>
  probes.filter(({ verdict, errorKind }) => verdict === 'fail' && (errorKind === undefined || RAW.has(errorKind)));

/** Failed small probes over the overlay between two nodes. */
export const overlayFailures = (view: View, a: string, b: string): ProbeObservation[] =>
  networkFailures(overlayProbes(view, a, b));

/** Failed probes that need a node's pods or its tunnel over the overlay, and how many of the same kind pass. */
export function overlayFailuresAt(view: View, node: string): { failed: ProbeObservation[]; passed: number } {
  const own = view.probes.filter(
    (probe) => overOverlay(probe) && !isLarge(probe) && (probe.source.node === node || probe.destination.node === node),
  );
  return { failed: networkFailures(own), passed: own.filter(({ verdict }) => verdict === 'pass').length };
}

/** Failed probes from a node's pods to other nodes' own addresses, where the nodes themselves reach each other. */
export function podToHostFailures(view: View, node: string): ProbeObservation[] {
  return view.failing.filter((failing) => {
    const { pathClass, source, destination, role } = failing;
    if (
      pathClass !== 'pod-host' ||
      source.node !== node ||
      destination.node === node ||
      destination.node === undefined ||
      !isSmallMesh(failing)
    )
      return false;
    return (
      verdictOf(
        (view.pair(node, destination.node)?.probes ?? []).filter(
          (probe) =>
            probe.pathClass === 'host-host' &&
            (probe.role === role || probe.role === (role === 'tcp-small' ? 'control-tcp' : 'control-udp')),
        ),
      ) === 'pass'
    );
  });
}

/** Failed probes between a node's host network and the pods on it. */
export const localPodFailures = (view: View, node: string): ProbeObservation[] =>
  networkFailures(
    view.failing.filter(
      ({ pathClass, source, destination }) =>
        source.node === node &&
        destination.node === node &&
        (pathClass === 'host-pod' || pathClass === 'pod-pod' || pathClass === 'pod-host'),
    ),
  );

/** The name of a setting in brackets, where there is one. */
export const inSetting = (setting: string | undefined): string => (setting === undefined ? '' : ` (${setting})`);

export const ids = (probes: readonly { id: string }[]): string[] => probes.map(({ id }) => id);
export const distinct = (values: string[]): string[] => [...new Set(values)].toSorted();
