import type { CatalogueEntry, Match } from '../../entry.ts';
import { networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';
import { CONNTRACK_FULL_SHARE } from '../../../model/thresholds.ts';
import { proved } from '../../match.ts';

/** A node's table of connections is full: new ones are dropped. */
export const conntrackTableFull: CatalogueEntry = {
  code: 'conntrack-table-full',
  title: (locations) => `the table of connections is full: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // The table of a node that is down is not the reason why nothing reaches it.
  yieldsTo: [nodeNotReadyEndpoints],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { conntrack, sysctls } = view.host(node);
      const count = conntrack?.value.count ?? Number(sysctls?.value['net.netfilter.nf_conntrack_count'] ?? Number.NaN);
      const max = conntrack?.value.max ?? Number(sysctls?.value['net.netfilter.nf_conntrack_max'] ?? Number.NaN);
      // A refusal and a wrong answer are answers: they came through the table.
      const basis = networkFailures(view.failing)
        .filter((probe) => probe.source.node === node || probe.destination.node === node)
        .map(({ id }) => id);
      if (!(max > 0) || !(count >= max * CONNTRACK_FULL_SHARE) || basis.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: [say(`${node} holds ${count} connections of at most ${max}`, conntrack?.id ?? sysctls?.id)],
          impact: [{ kind: 'node', node }],
          basis,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Raise net.netfilter.nf_conntrack_max (kube-proxy: --conntrack-max-per-core), shorten the time-outs, and ' +
        'find the client that opens so many.',
    },
  ],
  shows: 'a count well below the max',
  verify: ({ node }) => `ssh ${node} sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max`,
  parts: ({ node }) => `ssh ${node} conntrack -S`,
};
