import type { Make } from './settings.ts';

/** One or more labels of a DNS name, in lower case. */
const DOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** What K3s' --cluster-domain sets: kubelets tell pods, CoreDNS answers for it. */
export const clusterDomain: Make = {
  key: 'cluster-domain',
  meaning: "domain of the cluster's names, at the kubelets and in the Corefile",
  values: 'a DNS name such as corp.local',
  read: (value) => (value.length <= 200 && DOMAIN.test(value) ? { clusterDomain: value } : undefined),
};
