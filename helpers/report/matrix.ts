import { isJudged, type Observation, type PathClass, type ProbeObservation } from '../model/observation.ts';

export type CellState = 'pass' | 'fail' | 'mixed' | 'not-observed' | 'nothing-to-ask';
export type MatrixProtocol = 'tcp' | 'udp' | 'overlay';

export interface MatrixCell {
  from: string;
  to: string;
  /**
   * `mixed`: some probes passed, some failed. `not-observed`: none could be judged. `nothing-to-ask`: the node itself,
   * which its own probe does not ask.
   */
  state: CellState;
  passed: number;
  failed: number;
  notObserved: number;
  /** Share of attempts that got no answer, 0 to 1, of the probes that were judged; undefined when none was. */
  loss?: number;
  /**
   * Whether all that fails here waits for an answer that is lost on its way back: what this row sends by the overlay
   * arrives, and what the column sends does not.
   */
  isLostOnReturn?: boolean;
}

/** Row to column: who asked, who was asked. */
export interface Matrix {
  /** Undefined for path classes and protocols taken together. */
  pathClass?: PathClass;
  protocol?: MatrixProtocol;
  nodes: string[];
  /** In the order of `nodes`, a row a source. */
  rows: MatrixCell[][];
}

const PROTOCOLS: Partial<Record<ProbeObservation['kind'], MatrixProtocol>> = {
  tcp: 'tcp',
  payload: 'tcp',
  'udp-echo': 'udp',
  burst: 'overlay',
};
/**
 * An echo to a tunnel address is UDP between nodes that the overlay carries: what becomes of it is the overlay's doing.
 */
const protocolOf = ({ kind, role }: ProbeObservation): MatrixProtocol | undefined =>
  role === 'tunnel-echo' ? 'overlay' : PROTOCOLS[kind];
const CLASSES: PathClass[] = ['pod-pod', 'host-pod', 'pod-host', 'host-host'];

/** Probes of the mesh: between nodes by themselves, not by a Service, an ingress or a name. */
function meshProbes(observations: readonly Observation[]): ProbeObservation[] {
  return observations.filter(
    (observation): observation is ProbeObservation =>
      observation.type === 'probe' &&
      observation.verdict !== 'evidence' &&
      (observation.suite === 'pod-to-pod' || observation.suite === 'overlay') &&
      observation.source.node !== undefined &&
      observation.destination.node !== undefined,
  );
}

/** What a set of probes says together: it passes only when all of them do. */
export function stateOf(probes: readonly ProbeObservation[]): CellState {
  const has = (verdict: ProbeObservation['verdict']) => probes.some((probe) => probe.verdict === verdict);
  if (!has('fail')) return has('pass') ? 'pass' : 'not-observed';
  return has('pass') ? 'mixed' : 'fail';
}

/** Probes that the overlay carries both ways, question and answer. */
const isCarried = ({ pathClass, role }: ProbeObservation): boolean =>
  pathClass === 'pod-pod' || pathClass === 'host-pod' || role === 'tunnel-echo';

/** Whether what fails one way fails for want of answers. Only bursts tell: their receiver counts, nobody answers. */
function isLostOnReturn(there: readonly ProbeObservation[], back: readonly ProbeObservation[]): boolean {
  const failed = there.filter(({ verdict }) => verdict === 'fail');
  const bursts = (probes: readonly ProbeObservation[]) => probes.filter(({ kind }) => kind === 'burst');
  return (
    failed.length > 0 &&
    failed.every((probe) => isCarried(probe) && probe.kind !== 'burst' && probe.errorKind !== 'refused') &&
    stateOf(bursts(there)) === 'pass' &&
    stateOf(bursts(back)) === 'fail'
  );
}

function cellOf(from: string, to: string, probes: readonly ProbeObservation[]): MatrixCell {
  const count = (verdict: ProbeObservation['verdict']) => probes.filter((probe) => probe.verdict === verdict).length;
  const [passed, failed, notObserved] = [count('pass'), count('fail'), count('inconclusive')];
  const judged = probes.filter(isJudged);
  const attempts = judged.reduce((sum, probe) => sum + probe.attempts, 0);
  const succeeded = judged.reduce((sum, probe) => sum + probe.succeeded, 0);
  return {
    from,
    to,
    state: stateOf(probes),
    passed,
    failed,
    notObserved,
    ...(attempts > 0 && { loss: 1 - succeeded / attempts }),
  };
}

function matrixFrom(probes: readonly ProbeObservation[], nodes: string[]): Matrix {
  const byPair = Map.groupBy(probes, ({ source, destination }) => `${source.node} ${destination.node}`);
  const seen = new Set(probes.flatMap(({ source, destination }) => [source.node, destination.node]));
  const cell = (from: string, to: string): MatrixCell => {
    const own = byPair.get(`${from} ${to}`);
    // A node without any observation is a gap here as well.
    return own === undefined && from === to && seen.has(from)
      ? { ...cellOf(from, to, []), state: 'nothing-to-ask' }
      : {
          ...cellOf(from, to, own ?? []),
          ...(isLostOnReturn(own ?? [], byPair.get(`${to} ${from}`) ?? []) && { isLostOnReturn: true }),
        };
  };
  return { nodes, rows: nodes.map((from) => nodes.map((to) => cell(from, to))) };
}

/** All nodes named by the caller, then those that only the observations name. */
function nodesOf(probes: readonly ProbeObservation[], nodes: readonly string[]): string[] {
  const seen = probes.flatMap(({ source, destination }) => [source.node ?? '', destination.node ?? '']).toSorted();
  return [...new Set([...nodes, ...seen])];
}

/**
 * One matrix over every path class and protocol: a cell passes only when all of its probes do. A node without probes
 * keeps its row.
 */
export function mergedMatrix(observations: readonly Observation[], nodes: readonly string[] = []): Matrix {
  const probes = meshProbes(observations);
  return matrixFrom(probes, nodesOf(probes, nodes));
}

/** Whether nothing was asked between nodes at all: a run of suites that ask Services and names alone. */
export const isEmpty = ({ rows }: Matrix): boolean =>
  rows.every((row) => row.every(({ passed, failed, notObserved }) => passed + failed + notObserved === 0));

/** A matrix for each path class and protocol of which something was asked. */
export function matrices(observations: readonly Observation[], nodes: readonly string[] = []): Matrix[] {
  const probes = meshProbes(observations);
  const names = nodesOf(probes, nodes);
  return CLASSES.flatMap((pathClass) =>
    (['tcp', 'udp', 'overlay'] as const).flatMap((protocol) => {
      const own = probes.filter((probe) => probe.pathClass === pathClass && protocolOf(probe) === protocol);
      return own.length > 0 ? [{ pathClass, protocol, ...matrixFrom(own, names) }] : [];
    }),
  );
}
