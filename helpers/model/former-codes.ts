/** Codes under which findings were known, and faults of the lab, with what they are called now. */
const FORMER: Readonly<Record<string, string>> = {
  'hetzner-cloud-firewall-inbound-deny': 'firewall-inbound-deny',
};

/** A code, or a fault's `code/form`, as it is called now: the one of an older Netwright is still understood. */
export function currentCode(code: string): string {
  const [name = '', ...form] = code.split('/');
  return [FORMER[name] ?? name, ...form].join('/');
}
