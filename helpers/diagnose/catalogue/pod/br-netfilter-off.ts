import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/** Answers between pods of one node pass the bridge beside the Service's translation. */
export const brNetfilterOff: CatalogueEntry = {
  code: 'br-netfilter-off',
  title: (locations) => `bridged answers bypass Service translation: ${placeOf(locations)}`,
  layer: 'pod',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { sysctls } = view.host(node);
      if (!sysctls || sysctls.value['net.bridge.bridge-nf-call-iptables'] !== 0) return [];
      const failed = networkFailures(
        view.failing.filter((probe) => {
          if (probe.source.node !== node || probe.source.network !== 'pod' || probe.destination.node !== undefined)
            return false;
          const path = view.path(probe);
          const local =
            path.service !== undefined &&
            (view.cluster.service(path.service)?.value.endpoints ?? []).some((endpoint) => endpoint.node === node);
          return path.translation.includes(node) && local;
        }),
      );
      if (failed.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(`net.bridge.bridge-nf-call-iptables is 0 on ${node}`, sysctls.id),
            say(`Services with an endpoint on ${node} fail from its own pods`, ...ids(failed).slice(0, 10)),
          ],
          impact: [
            { kind: 'probes', ids: ids(failed) },
            { kind: 'translation', node },
          ],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1; keep both (modules-load.d, ' +
        'sysctl.d).',
    },
  ],
  shows: 'net.bridge.bridge-nf-call-iptables = 1',
  verify: ({ node }) => `ssh ${node} sysctl net.bridge.bridge-nf-call-iptables`,
  parts: ({ node }) => `ssh ${node} sysctl net.bridge.bridge-nf-call-iptables`,
};
