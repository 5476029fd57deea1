import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { Topology } from '../model/topology.ts';
import { apiError } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { readOverlay, type IpPool } from './overlay.ts';
import { dnsPod, ingressInfo, ingressService, nodeInfo, nodesWithIngress, serviceInfo } from './read-objects.ts';

const DNS_LABEL = 'k8s-app=kube-dns';
const SYSTEM = 'kube-system';

export interface TopologyQuery {
  /** Namespaces whose Services and Ingress objects are read. */
  namespaces: string[];
  /** How the cluster is called in reports; the context's name when absent. */
  name?: string;
}

export interface ReadTopology {
  topology: Topology;
  /** Nodes on which an ingress controller listens on the host's own ports. */
  ingressNodes: string[];
  pods: V1Pod[];
}

async function calicoPools(client: ClusterClient): Promise<IpPool[]> {
  // Clusters without Calico do not know the resource: that is the usual answer, not an error.
  const list = await client.customObjects
    .listClusterCustomObject({ group: 'crd.projectcalico.org', version: 'v1', plural: 'ippools' })
    .catch(() => ({ items: [] }));
  return (list as { items?: IpPool[] }).items ?? [];
}

/**
 * Reads the cluster, one request a kind, all at once. Throws a NetwrightError when one of them is refused or not
 * answered.
 */
export async function readTopology(client: ClusterClient, { namespaces, name }: TopologyQuery): Promise<ReadTopology> {
  try {
    const [nodes, services, slices, ingresses, pods, pools] = await Promise.all([
      client.core.listNode(),
      client.core.listServiceForAllNamespaces(),
      client.discovery.listEndpointSliceForAllNamespaces(),
      client.networking.listIngressForAllNamespaces(),
      client.core.listPodForAllNamespaces(),
      calicoPools(client),
    ]);
    const isDns = ({ metadata }: V1Service | V1Pod) =>
      metadata?.namespace === SYSTEM && metadata.labels?.['k8s-app'] === DNS_LABEL.split('=')[1];
    const dnsService = services.items.find(isDns);
    const nodeInfos = nodes.items.map(nodeInfo).toSorted((a, b) => a.name.localeCompare(b.name));
    const isK3s = nodeInfos.some(
      ({ kubeletVersion, annotations }) => kubeletVersion.includes('+k3s') || 'k3s.io/node-args' in annotations,
    );
    return {
      pods: pods.items,
      ingressNodes: nodesWithIngress(pods.items),
      topology: {
        name: name ?? client.name,
        serverVersion: client.serverVersion,
        distribution: isK3s ? 'k3s' : 'kubernetes',
        overlay: readOverlay(nodes.items, pools),
        nodes: nodeInfos,
        services: services.items
          .filter(({ metadata }) => namespaces.includes(metadata?.namespace ?? ''))
          .map((service) => serviceInfo(service, slices.items)),
        ingresses: ingresses.items
          .filter(({ metadata }) => namespaces.includes(metadata?.namespace ?? ''))
          .map(ingressInfo),
        dns: dnsService && serviceInfo(dnsService, slices.items),
        ingressService: ingressService(services.items, slices.items, pods.items),
        dnsPods: pods.items
          .filter((pod) => isDns(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
          .map(dnsPod),
      },
    };
  } catch (error) {
    throw apiError(error, `the API server ${client.server}`, client.server);
  }
}
