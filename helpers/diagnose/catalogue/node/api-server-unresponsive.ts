import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { count, ids, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import { lastErrorKindOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';

/** A kubelet reports once in so long: of a server that is away for longer, clients of all kinds feel it. */
const LONG_SECONDS = 10;

/**
 * Endpoints of nodes that counted as not Ready come back when their kubelets have reported (every 10 s, and 5 s after
 * a failure) and the rules of all nodes have followed.
 */
const WITHOUT_ENDPOINTS_MS = 30_000;
/** How kube-proxy's rules refuse what is for a Service without endpoints, seen from far and from the node itself. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['refused', 'prohibited']);

const timeOf = (iso: string): string => iso.slice(11, 19);

/** Probes of Services that were refused while the Services' endpoints counted as not Ready. */
function refusedMeanwhile(view: View, silences: { from: string; until?: string }[]): ProbeObservation[] {
  const isMeanwhile = ({ at }: ProbeObservation): boolean =>
    silences.some(({ from, until }) => {
      const passedMs = Date.parse(at) - Date.parse(until ?? at);
      return at >= from && passedMs <= WITHOUT_ENDPOINTS_MS;
    });
  return view.failing.filter(
    (probe) =>
      view.path(probe).service !== undefined &&
      (REFUSALS.has(probe.errorKind) || REFUSALS.has(lastErrorKindOf(probe))) &&
      isMeanwhile(probe),
  );
}

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
    const refused =
      nodes.length > 0
        ? refusedMeanwhile(
            view,
            silences.map(({ value }) => value),
          )
        : [];
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
          refused.length > 0 &&
            say(
              `Services had no endpoints for that time: ${count(refused.length, 'probe')} failed by a refusal`,
              ...ids(refused).slice(0, 12),
            ),
        ],
        impact: [{ kind: 'probes', ids: ids(refused) }],
        basis: refused,
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
  shows: 'readyz check passed as its last line',
  verify: () => "kubectl get --raw '/readyz?verbose'",
  parts: () => "kubectl get --raw '/readyz?verbose'",
};
