import type { IdentityRule } from '../model/targets.ts';
import { isAddress, isDnsName, isObjectName, portNumber } from './values.ts';

export interface ConfiguredService {
  /** Absent: the run's namespace. */
  namespace?: string;
  name: string;
  port?: number;
}

export interface ConfiguredHost {
  host: string;
  path?: string;
  /** `namespace/name` or `name`. */
  service?: string;
}

export interface JumpHost {
  host: string;
  port: number;
  user: string;
}

/** Which nodes run the ingress controller: by label selector, or by name. */
export type IngressNodes = { selector: string } | { names: string[] };

/** A namespace for the probes of both networks, or one for the pod network's and one for the hosts'. */
export function readProbeNamespaces(text: string): { pod: string; host: string } | undefined {
  const [pod = '', host = pod, ...rest] = text.split(',').map((name) => name.trim());
  return rest.length === 0 && isObjectName(pod) && isObjectName(host) ? { pod, host } : undefined;
}

const isServiceRef = (text: string): boolean => text.split('/').length <= 2 && text.split('/').every(isObjectName);

/** `name[:port]` or `namespace/name[:port]`. */
export function readService(item: string): ConfiguredService | undefined {
  const [reference = '', portText, ...rest] = item.split(':');
  const port = portText === undefined ? undefined : portNumber(portText);
  if (rest.length > 0 || !isServiceRef(reference) || (portText !== undefined && port === undefined)) return undefined;
  const [first = '', second] = reference.split('/');
  return {
    ...(second === undefined ? { name: first } : { namespace: first, name: second }),
    ...(port !== undefined && { port }),
  };
}

/** `host[/path][=service]`. */
export function readHost(item: string): ConfiguredHost | undefined {
  const [address = '', service, ...rest] = item.split('=');
  const slash = address.indexOf('/');
  const host = slash < 0 ? address : address.slice(0, slash);
  if (rest.length > 0 || !isDnsName(host) || (service !== undefined && !isServiceRef(service))) return undefined;
  return { host, ...(slash >= 0 && { path: address.slice(slash) }), ...(service !== undefined && { service }) };
}

function isPattern(source: string): boolean {
  try {
    return source.length > 0 && new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** `json-service`, `compare`, `body:<regular expression>` or `header:<name>=<regular expression>`. */
export function readIdentity(text: string): IdentityRule | undefined {
  if (text === 'json-service' || text === 'compare') return { kind: text };
  const pattern = /^body:(.+)$/s.exec(text)?.[1];
  if (pattern !== undefined) return isPattern(pattern) ? { kind: 'body-pattern', pattern } : undefined;
  const [, name, value] = /^header:([\w-]+)=(.+)$/s.exec(text) ?? [];
  return name !== undefined && value !== undefined && isPattern(value)
    ? { kind: 'header', name, pattern: value }
    : undefined;
}

/** `user@host[:port]`; an IPv6 address stands in brackets. */
function readJump(text: string): JumpHost | undefined {
  const [, user, bracketed, plain, portText] = /^([^@\s]+)@(?:\[([^\]]+)\]|([^:\s]+))(?::(.+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? 22 : portNumber(portText);
  if (user === undefined || host === undefined || port === undefined || !(isAddress(host) || isDnsName(host)))
    return undefined;
  return { host, port, user };
}

/** Jump hosts separated by commas, the nearest first. */
export function readJumps(text: string): JumpHost[] | undefined {
  const jumps = text.split(',').map((each) => readJump(each.trim()));
  return jumps.every((jump) => jump !== undefined) ? jumps : undefined;
}

/** Node names separated by commas, or a label selector: what has a `=`, a `!`, brackets or a key with a slash. */
export function readIngressNodes(text: string): IngressNodes | undefined {
  if (/[=!()/]/.test(text)) return /^[\w\s.,/=!()-]+$/.test(text) ? { selector: text } : undefined;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 0 && names.every(isDnsName) ? { names } : undefined;
}
