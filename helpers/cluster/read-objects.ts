import type { V1EndpointSlice, V1Ingress, V1IngressRule, V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import { redactText } from '../redact.ts';
import { portChecks, type PodNamed } from './port-checks.ts';
import { badConditions, taintsOf } from './node-conditions.ts';
import { preferIpv4, type AddressType, type Family } from '../model/family.ts';
import type { DnsPod, EndpointInfo, IngressInfo, NodeInfo, ServiceInfo } from '../model/topology.ts';
import { MANAGED_BY_LABEL, OWNER } from '../model/own-labels.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const SERVER_LABELS = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
/** Prefixes of the annotations that say something about the network. */
const NETWORK_ANNOTATIONS = ['flannel.alpha.coreos.com/', 'projectcalico.org/', 'k3s.io/', 'network.cilium.io/'];

/** Prefixes of the providerIDs that Hetzner's cloud controller gives, for its Cloud and its dedicated servers. */
const HETZNER_IDS = ['hcloud://', 'hrobot://'];

/** Whose machine a node is, where its providerID or a label of the provider's own controllers tells. */
function providerOf({ metadata, spec }: V1Node): NodeInfo['provider'] {
  const marks = [...Object.keys(metadata?.labels ?? {}), ...Object.keys(metadata?.annotations ?? {})];
  const isHetzner =
    HETZNER_IDS.some((prefix) => spec?.providerID?.startsWith(prefix)) ||
    marks.some((key) => /(^|\.)hetzner\.cloud\//.test(key));
  return isHetzner ? 'hetzner' : undefined;
}

export function nodeInfo(node: V1Node): NodeInfo {
  const { metadata, spec, status } = node;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const labels = metadata?.labels ?? {};
  const ips = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([key]) =>
    NETWORK_ANNOTATIONS.some((prefix) => key.startsWith(prefix)),
  );
  return {
    name: metadata?.name ?? '',
    role: SERVER_LABELS.some((label) => label in labels) ? 'server' : 'agent',
    internalIp: preferIpv4(ips) ?? '',
    ips,
    podCidrs: spec?.podCIDRs ?? [],
    ready: ready?.status === 'True',
    notReadyReason: ready?.status === 'True' ? undefined : (ready?.message ?? 'no Ready condition'),
    readySince: ready?.lastTransitionTime?.toISOString(),
    unheard: ready?.status === 'Unknown' || undefined,
    ...badConditions(node),
    ...taintsOf(node),
    unschedulable: spec?.unschedulable === true,
    kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    providerId: spec?.providerID,
    provider: providerOf(node),
    // K3s writes its arguments and environment here, and masks some of the secrets in them.
    annotations: Object.fromEntries(annotations.map(([key, value]) => [key, redactText(value)])),
  };
}

/** What only some kinds of Service have. */
function kindOf({
  spec,
  status,
}: V1Service): Pick<ServiceInfo, 'publishNotReadyAddresses' | 'externalName' | 'loadBalancer' | 'sourceRanges'> {
  const given = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const ranges = spec?.loadBalancerSourceRanges ?? [];
  return {
    ...(spec?.publishNotReadyAddresses === true && { publishNotReadyAddresses: true }),
    ...(spec?.type === 'ExternalName' && { externalName: spec.externalName ?? '' }),
    ...(spec?.type === 'LoadBalancer' && { loadBalancer: given }),
    ...(ranges.length > 0 && { sourceRanges: ranges }),
  };
}

const NO_PODS: PodNamed = () => undefined;

/** A Service with what stands behind it; the pods say how its ports are asked. */
export function serviceInfo(service: V1Service, slices: V1EndpointSlice[], podNamed = NO_PODS): ServiceInfo {
  const { metadata, spec } = service;
  const [namespace, name] = [metadata?.namespace ?? '', metadata?.name ?? ''];
  const own = slices.filter(
    (slice) => slice.metadata?.namespace === namespace && slice.metadata?.labels?.[SERVICE_NAME] === name,
  );
  const checks = portChecks(own, podNamed);
  const clusterIps = (spec?.clusterIPs ?? []).filter((address) => address !== 'None');
  const endpoints = own.flatMap(({ addressType, endpoints: each, ports }): EndpointInfo[] => {
    const numbers = Object.fromEntries(
      (ports ?? []).flatMap((port) => (port.port === undefined ? [] : [[port.name ?? '', port.port]])),
    );
    return (each ?? []).flatMap(({ addresses, conditions, nodeName, targetRef }) =>
      addresses.map((ip) => ({
        ip,
        family: addressType as AddressType,
        ports: numbers,
        node: nodeName,
        // Operators list nodes so, for Prometheus to ask their kubelets.
        pod: targetRef?.kind === 'Node' ? undefined : targetRef?.name,
        ready: conditions?.ready !== false,
        ...(conditions?.serving !== undefined &&
          conditions.serving !== (conditions.ready !== false) && { serving: conditions.serving }),
        ...(conditions?.terminating === true && { terminating: true as const }),
      })),
    );
  });
  return {
    namespace,
    name,
    type: (spec?.type ?? 'ClusterIP') as ServiceInfo['type'],
    ...(metadata?.labels?.[MANAGED_BY_LABEL] === OWNER && { isOwn: true as const }),
    clusterIp: preferIpv4(clusterIps) ?? spec?.clusterIP ?? '',
    clusterIps,
    ipFamilies: (spec?.ipFamilies ?? []) as Family[],
    externalTrafficPolicy: spec?.externalTrafficPolicy as ServiceInfo['externalTrafficPolicy'],
    internalTrafficPolicy: spec?.internalTrafficPolicy as ServiceInfo['internalTrafficPolicy'],
    selector: spec?.selector ?? {},
    ...kindOf(service),
    ports: (spec?.ports ?? []).map((port) => ({
      check: checks.get(port.name ?? ''),
      name: port.name,
      protocol: (port.protocol ?? 'TCP') as 'TCP',
      port: port.port,
      targetPort: String(port.targetPort ?? port.port),
      nodePort: port.nodePort,
    })),
    endpoints: endpoints.toSorted((a, b) => a.ip.localeCompare(b.ip)),
    // The API server counts a generation for each change of an EndpointSlice that is not of its metadata alone.
    endpointChanges: own.reduce((sum, slice) => sum + (slice.metadata?.generation ?? 0), 0),
  };
}

/** Of an Ingress that takes a part of another's requests (ingress-nginx). */
const SHARE = 'nginx.ingress.kubernetes.io/canary';

export function ingressInfo({ metadata, spec }: V1Ingress): IngressInfo {
  // What no rule routes goes to the backend by default: as if by a rule for every host and path.
  const byDefault: V1IngressRule[] = spec?.defaultBackend
    ? [{ http: { paths: [{ pathType: 'Prefix', backend: spec.defaultBackend }] } }]
    : [];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    ...(metadata?.annotations?.[SHARE] === 'true' && { takesShare: true }),
    className: spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class'],
    rules: [...(spec?.rules ?? []), ...byDefault].flatMap(({ host, http }) =>
      (http?.paths ?? []).map(({ path, pathType, backend }) => ({
        host: host ?? '',
        path: path ?? '/',
        pathType: pathType as 'Prefix',
        service: backend.service?.name ?? '',
        servicePort: backend.service?.port?.number ?? backend.service?.port?.name ?? 0,
      })),
    ),
    // Without a name it is for every host of the Ingress.
    tlsHosts: (spec?.tls ?? []).flatMap(({ hosts }) => (hosts?.length ? hosts : [''])),
  };
}

export function dnsPod({ metadata, spec, status }: V1Pod): DnsPod {
  const ips = (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
  const container = status?.containerStatuses?.[0];
  return {
    name: metadata?.name ?? '',
    node: spec?.nodeName ?? '',
    ip: preferIpv4(ips) ?? status?.podIP ?? '',
    ...(ips.length > 1 && { ips }),
    ready: container?.ready === true,
    restarts: container?.restartCount ?? 0,
    startedAt: container?.state?.running?.startedAt?.toISOString(),
    waitingReason: container?.state?.waiting?.reason,
  };
}
