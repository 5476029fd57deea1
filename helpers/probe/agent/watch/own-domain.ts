import { readFileSync } from 'node:fs';
import { parseResolv } from '../facts/parse-resolv.ts';

/** A name that ends with `svc`, with the cluster's domain as this pod's own search list has it; others as they are. */
export function inOwnDomain(name: string): string {
  if (!name.endsWith('.svc')) return name;
  try {
    const { search } = parseResolv(readFileSync('/etc/resolv.conf', 'utf8'));
    const own = search.flatMap((entry) => /^svc\.(.+?)\.?$/.exec(entry)?.[1] ?? [])[0];
    return `${name}.${own ?? 'cluster.local'}`;
  } catch {
    return `${name}.cluster.local`;
  }
}
