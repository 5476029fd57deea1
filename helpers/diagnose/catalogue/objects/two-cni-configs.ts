import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { inRange } from '../../evidence/ranges.ts';
import { distinct, placeOf, say } from '../../evidence/support.ts';
import { familyOf } from '../../../model/family.ts';
import { provedIf } from '../../match.ts';

/** Pods of a node whose addresses the node's own range does not hold. */
function foreignAddresses(view: View, node: string): { ip: string; id: string; replica?: string }[] {
  const info = view.cluster.nodes.get(node);
  if (!info || info.value.podCidrs.length === 0 || !view.cluster.overlay?.value.kind.startsWith('flannel')) return [];
  const { internalIp, ips = [], podCidrs } = info.value;
  const own = [internalIp, ...ips];
  // Of a family in which the node has no range for pods nothing can be outside of it.
  const ranges = (ip: string) => podCidrs.filter((range) => familyOf(range) === familyOf(ip));
  const outside = (ip: string) =>
    ip !== '' && !own.includes(ip) && ranges(ip).length > 0 && !ranges(ip).some((range) => inRange(ip, range));
  const endpoints = view.cluster.services.flatMap(({ value, id }) =>
    value.endpoints.filter((endpoint) => endpoint.node === node && outside(endpoint.ip)).map(({ ip }) => ({ ip, id })),
  );
  const replicas = view.cluster.dnsPods
    .filter(({ value }) => value.node === node && outside(value.ip))
    .map(({ value, id }) => ({ ip: value.ip, id, replica: value.name }));
  return [...endpoints, ...replicas];
}

/** A node's runtime finds configurations of two network plugins, and takes the first by name. */
export const twoCniConfigs: CatalogueEntry = {
  code: 'two-cni-configs',
  title: (locations) => `the node has configurations of two network plugins: ${placeOf(locations)}`,
  layer: 'objects',
  dependsOn: [],
  sets: ['cni-files'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { cni } = view.ssh(node);
      // Loopback is every plugin's companion, and Multus calls the others.
      const names = (cni?.value ?? []).flatMap(({ path }) => path.split('/').at(-1) ?? []);
      const files = distinct(names).filter((name) => !/loopback|multus/i.test(name));
      const strangers = foreignAddresses(view, node);
      if (strangers.length === 0 || (cni !== undefined && files.length < 2)) return [];
      const addresses = strangers.map(({ ip }) => ip);
      const failed = view.failing.filter(
        ({ destination }) => destination.ip !== undefined && addresses.includes(destination.ip),
      );
      return [
        provedIf(files.length > 1 && strangers.length > 0, {
          at: { node },
          evidence: [
            files.length > 1 && say(`${node} holds ${files.join(' and ')}; the runtime takes ${files[0]}`, cni?.id),
            strangers.length > 0 &&
              say(
                `pods on ${node} have addresses outside of its range: ${addresses.join(', ')}`,
                ...distinct(strangers.map(({ id }) => id)),
              ),
          ],
          impact: [
            ...strangers.flatMap(({ ip, replica }) => [
              { kind: 'endpoint' as const, ip },
              ...(replica ? [{ kind: 'replica' as const, replica }] : []),
            ]),
            { kind: 'probes', ids: failed.map(({ id }) => id) },
          ],
          basis: failed.map(({ id }) => id),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Delete the old configuration on every node, then recreate every pod that is not on the host network; K3s ' +
        'needs --flannel-backend=none and --disable-network-policy first.',
    },
  ],
  shows: 'one configuration',
  verify: ({ node }) => `ssh ${node} ls /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d`,
  parts: ({ node }) => `ssh ${node} ls /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d`,
};
