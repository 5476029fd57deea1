import type { CatalogueEntry, Match } from '../../entry.ts';
import { complaints, failedAt, READY_AGAIN, sickNodes, type SickNode } from '../../evidence/sick-nodes.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';

/** The kubelet's own words of a runtime that answers nothing. */
const TOLD = /container runtime is down|container runtime status check may not have completed|PLEG is not healthy/;
/** The same in its log, as it ends itself or cannot report. */
const LOGGED =
  /(?:containerd|crio|cri-dockerd)\.sock.*(?:refused|no such file|deadline exceeded)|runtime service.*fail/i;
const RUNTIMES = new Set(['containerd', 'dockerd', 'crio']);

const hasRuntime = ({ agents }: SickNode): boolean | undefined =>
  agents && agents.value.some(({ name, state }) => RUNTIMES.has(name) && !state.startsWith('T'));

/** The container runtime of a node is not there: its kubelet can start nothing and is not Ready. */
export const containerRuntimeDown: CatalogueEntry = {
  code: 'container-runtime-down',
  title: (locations) => `the container runtime does not answer: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  match: (view) =>
    sickNodes(view).flatMap((sick): Match[] => {
      const { node, info, words, isTold, agents } = sick;
      const isSaid = isTold && TOLD.test(words);
      const [logged] = complaints(sick, LOGGED);
      const runs = hasRuntime(sick);
      if (!isSaid && (logged === undefined || runs !== false)) return [];
      return [
        provedIf(isSaid || runs === false, {
          at: { node },
          evidence: [
            isSaid && say(`the kubelet of ${node} says: ${words}`, info.id),
            runs === false && say(`no containerd, dockerd or crio runs on ${node}`, agents?.id),
            logged !== undefined && say(`its log: ${logged}`, sick.log?.id),
          ],
          impact: [{ kind: 'node', node }],
          basis: failedAt(view, node),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Start the runtime (systemctl status containerd; K3s brings its own: systemctl restart k3s or k3s-agent) and ' +
        'see why it ended: its log, a full disk under /var/lib, or too many containers for its checks to end in time.',
    },
  ],
  ...READY_AGAIN,
  parts: ({ node }) => `ssh ${node} 'crictl info || k3s crictl info' # whether the runtime answers`,
};
