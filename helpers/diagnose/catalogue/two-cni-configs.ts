import type { CatalogueEntry, Match } from '../entry.ts';
import { distinct, placeOf, say } from './support.ts';

/** A node's runtime finds configurations of two network plugins, and takes the first by name. */
export const twoCniConfigs: CatalogueEntry = {
  code: 'two-cni-configs',
  title: (locations) => `the node has configurations of two network plugins: ${placeOf(locations)}`,
  layer: 'objects',
  severity: 'major',
  dependsOn: [],
  needs: ["the files of the node's CNI folders, by SSH"],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { cniFiles } = view.ssh(node);
      const files = distinct([...(cniFiles?.value ?? '').matchAll(/[\w./-]*?([\w.-]+\.conf(?:list)?)\b/g)].map(([, name]) => name as string));
      return files.length > 1 ? [{ confidence: 'proved', location: { node }, evidence: [say(`${node} holds ${files.join(' and ')}; the runtime takes ${files[0]}`, cniFiles?.id)], impact: [], basis: [] }] : [];
    }),
  remedy: { k3s: 'Delete the old configuration on every node, then recreate every pod that is not on the host network; K3s needs --flannel-backend=none and --disable-network-policy first.' },
  verify: ({ node }) => `ssh ${node} ls /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d`,
  parts: ({ node }) => `ssh ${node} ls /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d`,
};
