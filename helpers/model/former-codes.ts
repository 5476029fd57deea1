/** Codes under which findings were known, and faults of the lab, with what they are called now. */
const FORMER: Readonly<Record<string, string>> = {
  'hetzner-cloud-firewall-inbound-deny': 'firewall-inbound-deny',
};

/** Forms of a fault that went to another cause, whole. */
const FORMER_FORMS: Readonly<Record<string, string>> = {
  'node-not-ready-endpoints/kubelet-dead': 'kubelet-down/ended',
};

/** A code, or a fault's `code/form`, as it is called now: the one of an older Netwright is still understood. */
export function currentCode(code: string): string {
  const moved = FORMER_FORMS[code];
  if (moved !== undefined) return moved;
  const [name = '', ...form] = code.split('/');
  return [FORMER[name] ?? name, ...form].join('/');
}
