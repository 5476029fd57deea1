import type { CatalogueEntry, Match } from '../../entry.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { failedAt, fullSizeLost, SICK_SETS, sickNodes } from '../../evidence/sick-nodes.ts';
import { WALKED_SETS } from '../../evidence/stopped.ts';
import { proved } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { cniNotInitialized } from './cni-not-initialized.ts';
import { containerRuntimeDown } from './container-runtime-down.ts';
import { kubeletCertificateOrClock } from './kubelet-certificate-or-clock.ts';
import { kubeletDown } from './kubelet-down.ts';
import { nodeCannotReachApi } from './node-cannot-reach-api.ts';
import { nodeUnderPressure } from './node-under-pressure.ts';

/** Where its packets of full size are lost, that is the cause: a later layer's, whose consequence this is. */
const isForSize = (view: View, name: string): boolean =>
  sickNodes(view).some((sick) => sick.node === name && fullSizeLost(view, sick)?.isTried === true);

/** A node is down or its kubelet does not report: what fails towards it follows from that. */
export const nodeNotReadyEndpoints: CatalogueEntry = {
  code: 'node-not-ready-endpoints',
  title: (locations) => `the node is not Ready: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // Why it is not, where that is known.
  yieldsTo: [
    cniNotInitialized,
    containerRuntimeDown,
    kubeletCertificateOrClock,
    kubeletDown,
    nodeCannotReachApi,
    nodeUnderPressure,
  ],
  asks: (view) =>
    sickNodes(view).map(({ node }) => ({
      kind: 'ssh-facts',
      node,
      sets: [...SICK_SETS, ...WALKED_SETS],
      why: 'why the node is not Ready',
    })),
  match: (view) =>
    [...view.cluster.nodes.values()]
      .filter(({ value }) => !value.ready && !isForSize(view, value.name))
      .map(({ value, id }): Match => {
        const basis = failedAt(view, value.name);
        return proved({
          at: { node: value.name },
          evidence: [
            say(`Kubernetes says that ${value.name} is not Ready: ${value.notReadyReason ?? 'no reason given'}`, id),
            basis.length > 0 && say(`${basis.length} probes to or from it fail`, ...basis.slice(0, 20)),
          ],
          impact: [{ kind: 'node', node: value.name }],
          basis,
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
