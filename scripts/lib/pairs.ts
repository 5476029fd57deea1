import type { RunReport } from '../../helpers/report/run-report.ts';
import { problemsOf } from '../../helpers/report/problems.ts';
import { judge } from '../../lab/accuracy/judge.ts';
import type { InForce, LabFault, Where } from '../../lab/faults/lib/types.ts';

/** A fault and where it is put. */
export interface Placed {
  id: string;
  where: Where;
}

/** A linear congruential generator (Numerical Recipes): the same pairs from the same seed, everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Codes of faults that take their node out of the cluster: none of its pods asks or answers. */
const TAKES_NODE_OUT = new Set([
  'cni-not-initialized',
  'container-runtime-down',
  'kubelet-certificate-or-clock',
  'kubelet-down',
  'node-cannot-reach-api',
  'node-not-ready-endpoints',
]);

/**
 * Whether nothing of a fault can be seen beside the other: on three nodes what one does to packets for "another node's
 * pods" meets no packet once that other node is out of the cluster. Who brings the node back sees it then.
 */
const isHiddenBy = (one: LabFault, other: LabFault): boolean =>
  TAKES_NODE_OUT.has(other.code) && one.takes === 'node' && /another node's/.test(one.title);

function placed({ id, takes }: LabFault, node: string, peer: string): Placed {
  if (takes === 'node') return { id, where: { node } };
  return { id, where: takes === 'pair' ? { from: peer, to: node } : {} };
}

/**
 * Pairs of faults with different causes, no pair twice, none of which hides the other wholly, each fault at a node of
 * its own where it takes one: two faults of one path are one outage, and who mends the first sees the second.
 */
export function drawnPairs(
  faults: readonly LabFault[],
  nodes: readonly string[],
  { seed, count }: { seed: number; count: number },
): [Placed, Placed][] {
  const next = numbers(seed);
  const [server = '', first = '', second = ''] = nodes;
  const pairs = new Map<string, [Placed, Placed]>();
  while (pairs.size < count) {
    const [one, other] = [faults[next(faults.length)], faults[next(faults.length)]];
    if (one && other && one.code !== other.code && !isHiddenBy(one, other) && !isHiddenBy(other, one))
      pairs.set([one.id, other.id].toSorted().join(' '), [placed(one, first, server), placed(other, second, server)]);
  }
  return [...pairs.values()];
}

/** What is wrong with what a run says of faults in force; empty where it holds. */
export function troublesOf(inForce: readonly InForce[], report: RunReport, nodes: string[]): string[] {
  const { findings } = report;
  const told = problemsOf(report).flatMap((problem) =>
    problem.kind === 'unexplained' ? [] : problem.findings.map(({ code }) => code),
  );
  const folded = findings.flatMap(({ code, explains }) => explains.findings.map((each) => ({ code, each })));
  const judged = judge([...inForce], findings, nodes);
  return [
    ...inForce
      .filter(({ code }) => !told.includes(code))
      .map(({ code }) => {
        const under = folded.find(({ each }) => each === code);
        return under ? `${code} is folded under ${under.code}` : `${code} is not in the headline`;
      }),
    ...judged.faults.filter(({ naming }) => naming === 'wrong-place').map(({ id }) => `${id} is named elsewhere`),
    ...judged.wrong.map((code) => `${code} is proved, and not in force`),
  ];
}
