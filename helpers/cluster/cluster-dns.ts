import type { V1Pod, V1Service } from '@kubernetes/client-node';

const DNS_PORT = 53;
const APP = 'k8s-app';
/** Who made it says so, whatever its namespace: OpenShift keeps it in one of its own. */
const OPENSHIFT = 'dns.operator.openshift.io/owning-dns';
const SYSTEM = 'kube-system';
/** Most distributions give it the tenth address of the Services' range: `10.43.0.10`, `10.96.0.10`, `fd00:43::a`. */
const TENTH = /(?:\.10|::a)$/;

const answers = ({ spec }: V1Service): boolean =>
  spec?.type !== 'ExternalName' && (spec?.ports ?? []).some(({ port }) => port === DNS_PORT);

type Sign = (service: V1Service) => boolean;

/** By what a Service is told to be the cluster's DNS, also where it has no port 53, the surest first. */
const NAMED: Sign[] = [
  ({ metadata }) => metadata?.namespace === SYSTEM && metadata.labels?.[APP] === 'kube-dns',
  ({ metadata }) => metadata?.namespace === SYSTEM && metadata.name === 'kube-dns',
  ({ metadata }) => OPENSHIFT in (metadata?.labels ?? {}),
];

/** And what else tells it of one that has: the chart of CoreDNS gives its own labels. */
const LIKELY: Sign[] = [
  ({ metadata }) => metadata?.namespace === SYSTEM && metadata.labels?.['kubernetes.io/cluster-service'] === 'true',
  ({ metadata }) =>
    metadata?.namespace === SYSTEM &&
    [metadata.labels?.[APP], metadata.labels?.['app.kubernetes.io/name'], metadata.name].includes('coredns'),
];

/** The Service whose address kubelets give to pods as their resolver, as far as its name and labels tell. */
export function dnsServiceOf(services: readonly V1Service[]): V1Service | undefined {
  for (const sign of [
    ...NAMED,
    ...LIKELY.map(
      (likely): Sign =>
        (service) =>
          likely(service) && answers(service),
    ),
  ]) {
    const [best] = services.filter(sign).toSorted((a, b) => rankOf(a) - rankOf(b));
    if (best) return best;
  }
  return undefined;
}

/** A node-local cache has a Service for what it asks CoreDNS, which Prometheus' own headless one is not either. */
const rankOf = ({ metadata, spec }: V1Service): number =>
  (answers({ spec }) ? 0 : 8) +
  (spec?.clusterIP === 'None' ? 4 : 0) +
  (metadata?.name === 'kube-dns' ? 0 : 2) +
  (TENTH.test(spec?.clusterIP ?? '') ? 0 : 1);

/** The pods that answer for it: by the label that most have, else those that the Service selects. */
export function dnsPodsOf(pods: readonly V1Pod[], service: V1Service | undefined): V1Pod[] {
  const labelled = pods.filter(
    ({ metadata }) => metadata?.namespace === SYSTEM && metadata.labels?.[APP] === 'kube-dns',
  );
  const selector = Object.entries(service?.spec?.selector ?? {});
  if (labelled.length > 0 || selector.length === 0) return labelled;
  return pods.filter(
    ({ metadata }) =>
      metadata?.namespace === service?.metadata?.namespace &&
      selector.every(([key, value]) => metadata?.labels?.[key] === value),
  );
}
