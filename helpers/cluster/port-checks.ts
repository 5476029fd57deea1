import type { V1Container, V1EndpointSlice, V1Pod, V1Probe } from '@kubernetes/client-node';
import type { PortCheck } from '../model/topology.ts';

type Numbered = Pick<V1Container, 'ports'>;

/** The number of a port that a container's probe names. */
function numberOf(port: number | string | undefined, { ports = [] }: Numbered): number | undefined {
  const named = ports.find(({ name }) => name === String(port))?.containerPort;
  const number = named ?? Number(port);
  return Number.isInteger(number) ? number : undefined;
}

/** A port of the pod, and how it is asked. */
type AskedPort = [number: number | undefined, check: PortCheck];

function checkBy({ httpGet, tcpSocket, grpc }: V1Probe, container: Numbered): AskedPort[] {
  if (httpGet) {
    const by = httpGet.scheme === 'HTTPS' ? 'https' : 'http';
    return [[numberOf(httpGet.port, container), { by, path: httpGet.path || '/' }]];
  }
  if (tcpSocket) return [[numberOf(tcpSocket.port, container), { by: 'tcp' }]];
  return grpc ? [[grpc.port, { by: 'grpc' }]] : [];
}

/** How a pod's own probes ask its ports: the readiness probe before the liveness probe. One by exec names no port. */
export function checksOf({ spec }: V1Pod): Map<number, PortCheck> {
  const containers = spec?.containers ?? [];
  const probes = (which: 'readinessProbe' | 'livenessProbe') =>
    containers.flatMap((container) => {
      const probe = container[which];
      return probe ? checkBy(probe, container) : [];
    });
  const found = [...probes('readinessProbe'), ...probes('livenessProbe')];
  return new Map(found.toReversed().flatMap(([port, check]) => (port === undefined ? [] : [[port, check]])));
}

/** By name of a Service's port: how the pods behind it are asked there by their own probes. */
export function portChecks(slices: readonly V1EndpointSlice[], podNamed: PodNamed): Map<string, PortCheck> {
  const found = slices.flatMap(({ metadata, endpoints, ports }) => {
    const names = (endpoints ?? []).flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? [targetRef.name] : []));
    const pod = names.map((name) => podNamed(metadata?.namespace ?? '', name ?? '')).find((each) => each !== undefined);
    const checks = pod && checksOf(pod);
    return (ports ?? []).flatMap(({ name, port }): [string, PortCheck][] => {
      const check = checks?.get(port ?? 0);
      return check ? [[name ?? '', check]] : [];
    });
  });
  return new Map(found.toReversed());
}

/** The pod of a namespace and name, of those that were read. */
export type PodNamed = (namespace: string, name: string) => V1Pod | undefined;
