import type { Reading, FactValue } from '../model/facts.ts';
import { redactText } from '../redact.ts';
import { statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';

/** The labels that NodeLocal DNSCache's own manifest and Kubespray's give to its pods. */
const CACHES = 'k8s-app in (node-local-dns, nodelocaldns)';

/** Whose address a resolver of pods is: the Service that has it, and the node-local caches that there are. */
export function readDnsAddress(client: ClusterClient, address: string): Promise<Reading<FactValue<'dns-address'>>> {
  const services = listAll((page) => client.core.listServiceForAllNamespaces(page));
  const caches = listAll((page) => client.core.listPodForAllNamespaces({ ...page, labelSelector: CACHES }));
  return reading(
    client,
    Promise.all([services, caches]).then(([all, pods]) => {
      const owner = all.find(({ spec }) => [spec?.clusterIP, ...(spec?.clusterIPs ?? [])].includes(address));
      return {
        address,
        ...(owner && {
          service: {
            namespace: owner.metadata?.namespace ?? '',
            name: owner.metadata?.name ?? '',
            ports: (owner.spec?.ports ?? []).map(({ port }) => port),
          },
        }),
        caches: pods.map(({ metadata, spec, status }) => ({
          pod: metadata?.name ?? '',
          node: spec?.nodeName ?? '',
          ready: status?.containerStatuses?.every(({ ready }) => ready) ?? false,
        })),
      };
    }),
  );
}

/** The usual one, what users of K3s add to it, and RKE2's. */
const CONFIG_MAPS = ['coredns', 'coredns-custom', 'rke2-coredns-rke2-coredns'];

/** What CoreDNS is configured by, without secrets: the files of its ConfigMaps. */
export function readCorefile(client: ClusterClient, namespace: string): Promise<Reading<FactValue<'corefile'>>> {
  const filesOf = async (name: string): Promise<[string, string][]> => {
    try {
      const { data } = await client.core.readNamespacedConfigMap({ namespace, name });
      return Object.entries(data ?? {}).map(([file, text]) => [`${name}/${file}`, redactText(text)]);
    } catch (error) {
      if (statusOf(error) === 404) return [];
      throw error;
    }
  };
  return reading(
    client,
    Promise.all(CONFIG_MAPS.map(filesOf)).then((files) => ({ namespace, files: Object.fromEntries(files.flat()) })),
  );
}
