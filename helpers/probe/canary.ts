import type { KubernetesObject, V1Ingress, V1Service } from '@kubernetes/client-node';
import { CANARY, CANARY_HEADLESS, CANARY_PORTS } from '../model/canary.ts';
import { labelsOf, probeNamespaces, probeSelector } from './manifests.ts';

export interface CanaryOptions {
  runId: string;
  /** Of the probes in the pod network. */
  ports: { podTcp: number; podUdp: number };
}

const metadataOf = (name: string, { runId }: CanaryOptions) => ({
  name,
  namespace: probeNamespaces(runId).pod,
  labels: labelsOf(runId),
});

function service(
  name: string,
  options: CanaryOptions,
  spec: { type?: 'NodePort' | 'ClusterIP'; clusterIP?: 'None' },
): KubernetesObject & V1Service {
  const { runId, ports } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(name, options),
    spec: {
      selector: probeSelector(runId, 'pod'),
      ipFamilyPolicy: 'PreferDualStack',
      ports: [
        { name: 'http', protocol: 'TCP', port: CANARY_PORTS.http, targetPort: ports.podTcp },
        { name: 'other', protocol: 'TCP', port: CANARY_PORTS.other, targetPort: ports.podTcp },
        { name: 'udp', protocol: 'UDP', port: CANARY_PORTS.udp, targetPort: ports.podUdp },
      ],
      ...spec,
    },
  };
}

/** A Service before the probe pods of the pod network, with NodePorts or without. */
export const canaryService = (options: CanaryOptions, hasNodePorts: boolean): KubernetesObject & V1Service =>
  service(CANARY, options, { type: hasNodePorts ? 'NodePort' : 'ClusterIP' });

/** Its twin without an address of its own: its name leads to the pods. */
export const canaryHeadless = (options: CanaryOptions): KubernetesObject & V1Service =>
  service(CANARY_HEADLESS, options, { clusterIP: 'None' });

/** The name that a run's Ingress is for: nobody's, by RFC 2606, and no other run's. */
export const canaryHost = (runId: string): string => `${CANARY}-${runId}.netwright.invalid`;

/**
 * An Ingress of a class that leads to the canary. With `tls`, and no Secret: then the controller answers over https
 * with a certificate of its own.
 */
export function canaryIngress(
  options: CanaryOptions,
  { className, tls }: { className: string; tls: boolean },
): KubernetesObject & V1Ingress {
  const host = canaryHost(options.runId);
  const backend = { service: { name: CANARY, port: { number: CANARY_PORTS.http } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(CANARY, options),
    spec: {
      ingressClassName: className,
      ...(tls && { tls: [{ hosts: [host] }] }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}
