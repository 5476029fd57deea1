import { few } from '../../few.ts';
import type { V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import type { ClusterClient } from '../../cluster/connect.ts';
import { listAll } from '../../cluster/pages.ts';
import type { Config } from '../../config/config.ts';
import type { Check } from './check.ts';

type Ports = Config['probe']['ports'];

/** Pods that hold one of the ports on their node, as far as they say so. */
function holders(pods: readonly V1Pod[], wanted: ReadonlySet<number>): string[] {
  return pods.flatMap(({ metadata, spec }) => {
    const ports = (spec?.containers ?? []).flatMap(({ ports: all }) => all ?? []);
    const held = ports.find(({ hostPort, containerPort }) =>
      wanted.has(hostPort ?? (spec?.hostNetwork ? containerPort : 0)),
    );
    if (!held) return [];
    return [
      `${held.hostPort ?? held.containerPort} on ${spec?.nodeName ?? 'a node'} ` +
        `by ${metadata?.namespace}/${metadata?.name}`,
    ];
  });
}

const nodePorts = (services: readonly V1Service[], wanted: ReadonlySet<number>): string[] =>
  services.flatMap(({ metadata, spec }) =>
    (spec?.ports ?? []).flatMap(({ nodePort }) =>
      nodePort !== undefined && wanted.has(nodePort)
        ? [`${nodePort} by the NodePort of ${metadata?.namespace}/${metadata?.name}`]
        : [],
    ),
  );

/** Whether the probes' ports on the nodes are free, as far as the API knows. Pure. */
export function portsCheck(
  { hostTcp, hostUdp }: Ports,
  { pods, services }: { pods: readonly V1Pod[]; services: readonly V1Service[] },
): Check {
  const wanted = new Set([hostTcp, hostUdp]);
  // What a run of this moment has is not taken.
  const others = pods.filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/managed-by'] !== 'netwright');
  const taken = [...nodePorts(services, wanted), ...holders(others, wanted)];
  const name = 'ports on the nodes';
  if (taken.length === 0) return { name, state: 'ok', text: `nothing in the API has ${[...wanted].join(' or ')}` };
  return {
    name,
    state: 'lack',
    text: `taken: ${few(taken)}`,
    cost: 'the probe of the hosts’ network does not serve there',
    hint: 'choose others by NETWRIGHT_PROBE_HOST_TCP_PORT and NETWRIGHT_PROBE_HOST_UDP_PORT',
  };
}

export interface Seen {
  nodes: V1Node[];
  pods: V1Pod[];
  services: V1Service[];
}

/** What the checks hold the configuration against. Rejects where it may not be read. */
export async function seeCluster({ core }: ClusterClient): Promise<Seen> {
  const [nodes, pods, services] = await Promise.all([
    listAll((page) => core.listNode(page)),
    listAll((page) => core.listPodForAllNamespaces(page)),
    listAll((page) => core.listServiceForAllNamespaces(page)),
  ]);
  return { nodes, pods, services };
}
