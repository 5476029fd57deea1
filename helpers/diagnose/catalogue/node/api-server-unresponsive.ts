import type { CatalogueEntry, Match } from '../../entry.ts';
import { count, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';

/** A kubelet reports once in so long: of a server that is away for longer, clients of all kinds feel it. */
const LONG_SECONDS = 10;

const timeOf = (iso: string): string => iso.slice(11, 19);

/** The API server answered nothing for a while: nodes that could not report to it meanwhile are not at fault. */
export const apiServerUnresponsive: CatalogueEntry = {
  code: 'api-server-unresponsive',
  title: (_locations, view) => {
    const longest = Math.max(...view.facts.all('api-silence').map(({ value }) => value.seconds));
    return `the API server did not answer for at least ${longest} s`;
  },
  layer: 'node',
  dependsOn: [],
  match: (view): Match[] => {
    const silences = view.facts.all('api-silence').filter(({ value }) => value.seconds >= LONG_SECONDS);
    if (silences.length === 0) return [];
    const unheard = silences.flatMap(({ value, id }) => value.unheardNodes.map((node) => ({ node, id })));
    const nodes = [...new Set(unheard.map(({ node }) => node))];
    return [
      // Requests from one place alone may have been lost on their way: what others could not say either proves it.
      provedIf(nodes.length > 0, {
        at: {},
        evidence: [
          ...silences.map(({ value, id }) =>
            say(
              `no request of the run was answered for at least ${value.seconds} s, from ${timeOf(value.from)} ` +
                `${value.until === undefined ? 'to the end of the run' : `to ${timeOf(value.until)}`} (UTC)`,
              id,
            ),
          ),
          nodes.length > 0 &&
            say(
              `${count(nodes.length, 'node')} could not report to it either, and counted as not Ready until then: ` +
                nodes.join(', '),
              ...new Set(unheard.map(({ id }) => id)),
            ),
        ],
        impact: [],
        basis: [],
      }),
    ];
  },
  remedy: () => [
    {
      text:
        'Look at the servers at that time: load and memory (was the API server or k3s killed?), the disk under etcd ' +
        '(fsync), and the load balancer in front of the API. While it is away for longer than the node monitor grace ' +
        'period (40 or 50 s by default), every node counts as not Ready and Services lose their endpoints.',
    },
  ],
  verify: () => "kubectl get --raw '/readyz?verbose'",
  parts: () => "kubectl get --raw '/readyz?verbose'",
};
