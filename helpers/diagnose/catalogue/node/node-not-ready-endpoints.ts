import type { CatalogueEntry, Match } from '../../entry.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** A node is down or its kubelet does not report: what fails towards it follows from that. */
export const nodeNotReadyEndpoints: CatalogueEntry = {
  code: 'node-not-ready-endpoints',
  title: (locations) => `the node is not Ready: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  match: (view) =>
    [...view.cluster.nodes.values()]
      .filter(({ value }) => !value.ready)
      .map(({ value, id }): Match => {
        const basis = view.failing.filter(
          ({ source, destination }) => source.node === value.name || destination.node === value.name,
        );
        return proved({
          at: { node: value.name },
          evidence: [
            say(`Kubernetes says that ${value.name} is not Ready: ${value.notReadyReason ?? 'no reason given'}`, id),
            basis.length > 0 &&
              say(`${basis.length} probes to or from it fail`, ...basis.slice(0, 20).map((probe) => probe.id)),
          ],
          impact: [{ kind: 'node', node: value.name }],
          basis: basis.map((probe) => probe.id),
        });
      }),
  remedy: () => [
    {
      text:
        'Bring the node back (power, kubelet or k3s-agent, its way to the API server) or remove it: kubectl delete ' +
        'node. Endpoints on it go after the grace period of 40 s.',
    },
  ],
  shows: 'Ready, or that there is no such node',
  verify: ({ node }) => `kubectl get node ${node}`,
  parts: ({ node }) => `kubectl describe node ${node}`,
};
