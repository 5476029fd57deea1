import { QUEUE_SHARE } from '../../model/thresholds.ts';
import type { Match } from '../entry.ts';
import { candidate } from '../match.ts';
import type { View } from '../view/view.ts';
import { handedOn } from './handed-on.ts';
import { count, ids, networkFailures, say } from './support.ts';

/** Failures that must be there for a place to be named: a single one may be lost by chance. */
const LEAST = 2;
/** Queues that systems put at devices by themselves (tc(8), net.core.default_qdisc): they drop what is too much. */
const ORDINARY = new Set(['noqueue', 'pfifo_fast', 'pfifo', 'fq', 'fq_codel', 'cake', 'mq', 'mqprio', 'noop']);

/**
 * Nodes at a device of which traffic control has thrown packets away, and that most of what fails passes. Candidates:
 * a counter since nobody knows when, of which packets is not told.
 */
export const droppedByQueues = (view: View): Match[] => {
  const failing = networkFailures(view.failing);
  return view.nodes.flatMap((node): Match[] => {
    const { queues } = view.ssh(node);
    const dropping = (queues?.value ?? []).filter(({ kind, drops }) => drops > 0 && !ORDINARY.has(kind));
    const felt = failing.filter((probe) => {
      const { nodes, overlay, underlay, pods, translation } = view.path(probe);
      return [...nodes, ...overlay.flat(), ...underlay.flat(), ...pods, ...translation].includes(node);
    });
    if (!queues || dropping.length === 0 || felt.length < Math.max(LEAST, failing.length * QUEUE_SHARE)) return [];
    return [
      candidate({
        at: { node },
        evidence: [
          ...dropping.map(({ device, kind, drops }) =>
            say(`${node}: tc qdisc: ${kind} dev ${device} has dropped ${count(drops, 'packet')}`, queues.id),
          ),
          say(
            `${felt.length} of ${count(failing.length, 'probe')} that get no answer pass ${node}`,
            ...ids(felt).slice(0, 12),
          ),
        ],
        impact: [{ kind: 'probes', ids: [...ids(felt), ...handedOn(view, felt)] }],
        basis: felt,
      }),
    ];
  });
};
