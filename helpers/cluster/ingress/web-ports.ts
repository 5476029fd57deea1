import type { ServiceInfo } from '../../model/topology.ts';

export type Scheme = 'http' | 'https';

const HTTPS_NAME = /^(https|websecure|tls|ssl)(-|$)/;
const HTTP_NAME = /^(http|http2|web)(-|$)/;
const HTTPS_NUMBERS = new Set([443, 8443]);
const HTTP_NUMBERS = new Set([80, 8080]);

/** Which scheme a port is for: by its name, as most charts write it, else by its number, where one of them says. */
export function schemeOf({ name = '', port }: { name?: string; port: number }): Scheme | undefined {
  if (HTTPS_NAME.test(name)) return 'https';
  if (HTTP_NAME.test(name)) return 'http';
  if (HTTPS_NUMBERS.has(port)) return 'https';
  return HTTP_NUMBERS.has(port) ? 'http' : undefined;
}

type WebPort = ServiceInfo['ports'][number];

/** The port of a Service for each scheme: of several the lowest, so that 443 goes before 8443. */
export function webPorts({ ports }: Pick<ServiceInfo, 'ports'>): Partial<Record<Scheme, WebPort>> {
  const of = (scheme: Scheme) =>
    ports.filter((port) => port.protocol === 'TCP' && schemeOf(port) === scheme).toSorted((a, b) => a.port - b.port)[0];
  return { http: of('http'), https: of('https') };
}
