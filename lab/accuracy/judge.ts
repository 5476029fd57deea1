import type { Location } from '../../helpers/model/finding.ts';
import { FAULTS } from '../faults/index.ts';
import type { InForce } from '../faults/lib/types.ts';

/** What a run said of a cause, as far as its name and place go. */
export interface Named {
  code: string;
  confidence: 'proved' | 'candidate';
  locations: Location[];
  /** Texts of its evidence, or that with its observations. */
  evidence?: readonly (string | { text: string })[];
}

export type Naming = 'proved' | 'candidate' | 'wrong-place' | 'missed';

export interface Judged {
  /** How each fault in force was named, in their order. */
  faults: { id: string; naming: Naming; first: boolean; line?: 'right' | 'wrong' }[];
  /** Codes that were proved though nothing of the kind was in force. */
  wrong: string[];
  /** Codes that were left as candidates beside those in force. */
  candidates: string[];
}

/** `keybuzz/keybuzz-ui` and `keybuzz-ui` are one Service. */
const bare = (service: string | undefined): string | undefined => service?.split('/').at(-1);

/** Whether a place that was named lies where a fault is. A fault at a node is at every pair of that node. */
function within(named: Location, fault: Location): boolean {
  return Object.entries(fault).every(([key, value]) => {
    if (key === 'node')
      return (
        named.node === value ||
        named.from === value ||
        named.to === value ||
        (named.node === undefined && named.from === undefined)
      );
    if (key === 'service') return bare(named.service) === bare(value);
    return named[key as keyof Location] === value;
  });
}

/** Every ordered pair that a fault at a node, or everywhere, breaks. */
function pairsOf(nodes: string[], fault?: Location): string[] {
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from && (fault?.node === undefined || from === fault.node || to === fault.node))
      .map((to) => `${from} ${to}`),
  );
}

/**
 * Whether the named places are those of the fault: none elsewhere, and none left out. A cause that is told by pairs
 * must name every pair of its node, or all; where a fault has no one place, any will do.
 */
export function placeIsRight({ id, expected }: InForce, locations: Location[], nodes: string[]): boolean {
  const pairs = locations.flatMap(({ from, to }) => (from && to ? [`${from} ${to}`] : [])).toSorted();
  const whole = (wanted: string[]) =>
    pairs.length === 0 || pairs.length !== locations.length || wanted.toSorted().join() === pairs.join();
  // What one end alone shows is named there, in the direction that fails.
  const ends = (node: string) =>
    whole(pairsOf(nodes, { node })) ||
    pairs.every((pair) => pair.endsWith(` ${node}`)) ||
    pairs.every((pair) => pair.startsWith(`${node} `));
  if (expected.length === 0) return !/[/-]all(-nodes)?$/.test(id) || whole(pairsOf(nodes));
  const inside = locations.every((location) => expected.some((fault) => within(location, fault)));
  const covered = expected.every((fault) => locations.some((location) => within(location, fault)));
  return (
    inside &&
    covered &&
    expected.every(
      (fault) =>
        fault.node === undefined || fault.service !== undefined || fault.replica !== undefined || ends(fault.node),
    )
  );
}

/** Whether a finding gives the line of the node's state that a fault put there; absent where it puts none. */
function lineOf(id: string, evidence: Named['evidence'] = []): Pick<Judged['faults'][number], 'line'> {
  const wanted = FAULTS.find((fault) => fault.id === id)?.line;
  if (!wanted) return {};
  const isGiven = evidence.some((each) => wanted.test(typeof each === 'string' ? each : each.text));
  return { line: isGiven ? 'right' : 'wrong' };
}

/** Holds what a run named against what was in force. Pure. */
export function judge(inForce: InForce[], findings: Named[], nodes: string[]): Judged {
  const truths = new Set(inForce.flatMap(({ code, also = [] }) => [code, ...also]));
  const faults = inForce.map((fault) => {
    const own = findings.filter(({ code }) => code === fault.code);
    const best = own.find(({ confidence }) => confidence === 'proved') ?? own[0];
    const right = best && placeIsRight(fault, best.locations, nodes);
    return {
      id: fault.id,
      naming: !best ? ('missed' as const) : right ? best.confidence : ('wrong-place' as const),
      first: findings[0]?.code === fault.code,
      ...lineOf(fault.id, best?.evidence),
    };
  });
  return {
    faults,
    wrong: findings
      .filter(({ code, confidence }) => confidence === 'proved' && !truths.has(code))
      .map(({ code }) => code),
    candidates: findings
      .filter(({ code, confidence }) => confidence === 'candidate' && !truths.has(code))
      .map(({ code }) => code),
  };
}
