import { NetwrightError } from '../errors.ts';
import type { Targets } from '../model/targets.ts';
import type { ServiceInfo } from '../model/topology.ts';

interface HostPorts {
  hostTcp: number;
  hostUdp: number;
}

/** Targets on the hosts' own ports: a probe on the same port would be mistaken for the target. */
function otherOn(
  port: number,
  services: readonly ServiceInfo[],
  { ingressHttpPort, ingressHttpsPort }: Targets,
): string | undefined {
  const service = services.find(({ ports }) => ports.some(({ nodePort }) => nodePort === port));
  if (service) return `the NodePort of the Service ${service.namespace}/${service.name}`;
  return port === ingressHttpPort || port === ingressHttpsPort ? 'a port of the ingress' : undefined;
}

/** Throws a usage error when the probes are to listen on the hosts where a target listens already. */
export function checkProbePorts(
  { hostTcp, hostUdp }: HostPorts,
  services: readonly ServiceInfo[],
  targets: Targets,
): void {
  for (const [variable, port] of [
    ['NETWRIGHT_PROBE_HOST_TCP_PORT', hostTcp],
    ['NETWRIGHT_PROBE_HOST_UDP_PORT', hostUdp],
  ] as const) {
    const other = otherOn(port, services, targets);
    if (other) {
      throw new NetwrightError(`the probes cannot have port ${port} on the hosts: it is ${other}`, {
        code: 'probe-port-taken',
        hint: `choose another by ${variable}`,
      });
    }
  }
}
