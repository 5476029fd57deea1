import type { CatalogueEntry, Match } from '../../entry.ts';
import { failedAt, READY_AGAIN, sickNodes } from '../../evidence/sick-nodes.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** As containerd, CRI-O and dockershim's heirs tell a kubelet. */
const WORDS = /cni plugin not initialized|cni config uninitialized|network plugin is not ready|no networks found in/i;

/** The runtime of a node has no configuration of a pod network: the kubelet says so and takes no pods. */
export const cniNotInitialized: CatalogueEntry = {
  code: 'cni-not-initialized',
  title: (locations) => `the node has no configuration of a pod network, and is not Ready: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  match: (view) =>
    sickNodes(view)
      .filter(({ isTold, words }) => isTold && WORDS.test(words))
      .map(({ node, info, words }): Match => {
        const files = view.ssh(node).cni;
        return proved({
          at: { node },
          evidence: [
            say(`the kubelet of ${node} says: ${words}`, info.id),
            info.value.podCidrs.length === 0 && say(`${node} has been given no range of pod addresses`, info.id),
            files &&
              say(
                files.value.length === 0
                  ? `no file stands in its folder of network configurations`
                  : `there stand ${files.value.map(({ path }) => path).join(', ')}`,
                files.id,
              ),
          ],
          impact: [{ kind: 'node', node }],
          basis: failedAt(view, node),
        });
      }),
  remedy: (view, locations) => {
    const hasRange = locations.every(
      ({ node }) => (view.cluster.nodes.get(node ?? '')?.value.podCidrs.length ?? 0) > 0,
    );
    return [
      {
        text: hasRange
          ? "See why the network plugin's own pod or service on that node has not written its file " +
            '(/etc/cni/net.d, on K3s /var/lib/rancher/k3s/agent/etc/cni/net.d): its log says, and often it is a ' +
            'kernel module that is missing (vxlan, br_netfilter). On K3s with flannel-backend none it comes with the ' +
            'plugin that was to be installed.'
          : 'Give the node a range: --allocate-node-cidrs and a --cluster-cidr that is large enough for one more node.',
      },
    ];
  },
  ...READY_AGAIN,
  parts: ({ node }) => `ssh ${node} ls -l /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d`,
};
