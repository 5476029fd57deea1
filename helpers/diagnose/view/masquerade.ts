/** Chains in which Kubernetes' own components translate what they have marked, and nothing else. */
const OWN_CHAINS = /^(KUBE-|CNI-HOSTPORT-|CNI-DN-)/;

function nftMasquerades(text: string): boolean {
  try {
    const { nftables = [] } = JSON.parse(text || '{}') as {
      nftables?: { rule?: { table: string; expr?: Record<string, unknown>[] } }[];
    };
    return nftables.some(
      ({ rule }) =>
        rule !== undefined &&
        rule.table !== 'kube-proxy' &&
        (rule.expr ?? []).some((each) => 'masquerade' in each || 'snat' in each),
    );
  } catch {
    return false;
  }
}

/**
 * Whether a rule that a packet can come to gives pods' packets the node's address: in iptables' table nat, a chain
 * counts only when POSTROUTING leads to it. `nftJson` is what `nft -j list ruleset` printed; iptables' own rules show
 * there as `xt`.
 */
export function masquerades(iptablesSave: string, nftJson: string): boolean {
  const nat = iptablesSave.split(/^\*/m).find((table) => table.startsWith('nat')) ?? '';
  const rules = [...nat.matchAll(/^(?:\[\d+:\d+\] )?-A (\S+)(?: .*)? -[jg] (\S+)/gm)].map(
    ([, chain = '', target = '']) => ({ chain, target }),
  );
  const reached = new Set(['POSTROUTING']);
  // A set is walked in the order of its growth: what is added meanwhile comes last.
  for (const chain of reached) for (const rule of rules) if (rule.chain === chain) reached.add(rule.target);
  return (
    rules.some(
      ({ chain, target }) => reached.has(chain) && !OWN_CHAINS.test(chain) && /^(MASQUERADE|SNAT)$/.test(target),
    ) || nftMasquerades(nftJson)
  );
}
