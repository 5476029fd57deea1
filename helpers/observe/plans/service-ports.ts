import type { TargetService } from '../../model/targets.ts';
import type { ServiceInfo } from '../../model/topology.ts';
import { isServing } from '../../model/service.ts';

type Port = ServiceInfo['ports'][number];

const isServed =
  ({ endpoints }: ServiceInfo) =>
  ({ name = '' }: Port): boolean =>
    endpoints.some((endpoint) => isServing(endpoint) && endpoint.ports[name] !== undefined);

/**
 * Ports of a Service for which no endpoint has one, while others have theirs: a name that no container gives, as charts
 * write for what is switched off. Where no port has any, that is no choice.
 */
export function portsWithoutEndpoint(service: ServiceInfo): Port[] {
  const missing = service.ports.filter((port) => !isServed(service)(port));
  return missing.length < service.ports.length ? missing : [];
}

/**
 * The ports of a Service that are asked: of TCP, those that the target names, and that are not missing by choice. Of
 * Netwright's own all speak HTTP.
 */
export function askedPorts(service: ServiceInfo, { httpPort }: Pick<TargetService, 'httpPort'>): Port[] {
  const missing = portsWithoutEndpoint(service);
  return service.ports.filter(
    (port) =>
      port.protocol === 'TCP' &&
      (httpPort === undefined || service.isOwn ? !missing.includes(port) : port.port === httpPort),
  );
}
