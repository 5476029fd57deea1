import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { count, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import { nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';

const LIMIT = 'net.ipv4.neigh.default.gc_thresh3';

/** A line of the kernel's log this old may still be of the time in which the probes failed. */
const LATELY_S = 120;

/** How many neighbours the kernel turned away over the run, in both families. */
function turnedAway(view: View, node: string): { id: string; value: number } | undefined {
  const rises = ['arp_cache', 'ndisc_cache'].flatMap(
    (name) => view.host(node).rise('neighbours', name, 'table_fulls') ?? [],
  );
  const [first] = rises;
  return first && { id: first.id, value: rises.reduce((sum, { value }) => sum + value, 0) };
}

/** How long ago the kernel's log complains of it last, in seconds; undefined where it does not, or bears no times. */
export function complaintAgeS(log: string): number | undefined {
  const uptimeS = Number(/^uptime ([\d.]+)/.exec(log)?.[1]);
  const last = log.split('\n').findLast((line) => /neighbou?r: \w+: neighbou?r table overflow/.test(line));
  const atS = Number(/^(?:<\d+>)?\[\s*([\d.]+)\]/.exec(last ?? '')?.[1]);
  return Number.isFinite(uptimeS - atS) ? uptimeS - atS : undefined;
}

/** A node's kernel has no room for more neighbours: packets to those that it does not know yet are dropped. */
export const neighbourTableFull: CatalogueEntry = {
  code: 'neighbour-table-full',
  title: (locations) => `the table of neighbours is full: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // The table of a node that is down is not the reason why nothing reaches it.
  yieldsTo: [nodeNotReadyEndpoints],
  sets: ['dmesg-network'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const away = turnedAway(view, node);
      const { kernelLog } = view.ssh(node);
      const ageS = kernelLog && complaintAgeS(kernelLog.value);
      const isProved = away !== undefined && away.value > 0;
      // What the node's own counters deny, its log of before does not bring back.
      if (!isProved && (away !== undefined || ageS === undefined || ageS > LATELY_S)) return [];
      const basis = networkFailures(view.failing).filter(
        ({ source, destination }) => source.node === node || destination.node === node,
      );
      if (basis.length === 0) return [];
      const { sysctls } = view.host(node);
      const limit = sysctls?.value[LIMIT];
      return [
        provedIf(isProved, {
          at: { node },
          evidence: [
            isProved &&
              say(
                `the kernel of ${node} had no room for a neighbour ${count(away.value, 'time')} in this run`,
                away.id,
              ),
            limit !== undefined && say(`its limit is ${limit} (${LIMIT})`, sysctls?.id),
            ageS !== undefined &&
              ageS <= LATELY_S &&
              say(
                `the kernel of ${node} wrote "neighbor table overflow!" ${Math.round(ageS)} s before it was asked`,
                kernelLog?.id,
              ),
          ],
          impact: [{ kind: 'node', node }],
          basis,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        `Raise ${LIMIT} above the number of nodes and pods that the node speaks to, and gc_thresh2 and gc_thresh1 ` +
        'with it (and those of net.ipv6), in /etc/sysctl.d.',
    },
  ],
  shows: 'a table_fulls that does not rise',
  verify: ({ node }) => `ssh ${node} 'cat /proc/net/stat/arp_cache; sysctl ${LIMIT}'`,
  parts: ({ node }) =>
    `ssh ${node} "dmesg | grep 'neighbor table overflow' | tail -3; ip neigh | wc -l; sysctl ${LIMIT}"`,
};
