const words = (line: string): string[] => line.trim().split(/\s+/).filter(Boolean);

/**
 * /proc/net/snmp and /proc/net/netstat: pairs of lines, names then values, each begun by the protocol and a colon. By
 * protocol and name: `Udp`, `InErrors`. Lines that are neither are passed over.
 */
export function parseProtocolCounters(text: string): Record<string, Record<string, number>> {
  const protocols: Record<string, Record<string, number>> = {};
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [label = '', ...fields] = words(line);
    if (!label.endsWith(':')) continue;
    const protocol = label.slice(0, -1);
    const known = names.get(protocol);
    if (known)
      protocols[protocol] = Object.fromEntries(
        known.map((name, index) => [name, Number(fields[index])]).filter(([, value]) => Number.isFinite(value)),
      );
    else names.set(protocol, fields);
  }
  return protocols;
}
