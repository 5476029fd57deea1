import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import type { NodeInfo } from '../../../model/topology.ts';
import { deviceOf } from '../../evidence/felix.ts';
import { inRange } from '../../evidence/ranges.ts';
import { distinct, placeOf, say } from '../../evidence/support.ts';
import { familyOf } from '../../../model/family.ts';
import { provedIf } from '../../match.ts';

/** Whether an address is none that the node's network plugin gives; undefined where that cannot be told. */
function strangerTo(view: View, { podCidrs, name }: NodeInfo): ((ip: string) => boolean) | undefined {
  const kind = view.cluster.overlay?.value.kind ?? '';
  const { routes } = view.host(name);
  // Each pod of Calico has a route of its own to a device of its own, wherever its address comes from.
  if (kind.startsWith('calico')) return routes && ((ip) => deviceOf(routes.value, ip)?.startsWith('cali') === false);
  if (!kind.startsWith('flannel') || podCidrs.length === 0) return undefined;
  // Of a family in which the node has no range for pods nothing can be outside of it.
  const ranges = (ip: string) => podCidrs.filter((range) => familyOf(range) === familyOf(ip));
  return (ip) => ranges(ip).length > 0 && !ranges(ip).some((range) => inRange(ip, range));
}

/** Pods of a node whose addresses are of another plugin than its own. */
function foreignAddresses(view: View, node: string): { ip: string; id: string; replica?: string }[] {
  const info = view.cluster.nodes.get(node);
  const isStranger = info && strangerTo(view, info.value);
  if (!isStranger) return [];
  const own = [info.value.internalIp, ...(info.value.ips ?? [])];
  const outside = (ip: string) => ip !== '' && !own.includes(ip) && isStranger(ip);
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
      const addresses = distinct(strangers.map(({ ip }) => ip));
      const failed = view.failing.filter(
        ({ source, destination }) =>
          addresses.includes(destination.ip ?? '') || (source.network === 'pod' && addresses.includes(source.ip ?? '')),
      );
      return [
        provedIf(files.length > 1 && strangers.length > 0, {
          at: { node },
          evidence: [
            files.length > 1 && say(`${node} holds ${files.join(' and ')}; the runtime takes ${files[0]}`, cni?.id),
            strangers.length > 0 &&
              say(
                `pods on ${node} have addresses of another network: ${addresses.join(', ')}`,
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
