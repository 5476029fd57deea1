import { describe, expect, it } from 'vitest';
import { masquerades } from '../../../helpers/diagnose/view/masquerade.ts';

/** The table nat of a node, as `iptables-save -c` prints it. */
const nat = (...rules: string[]): string =>
  ['*filter', ':FORWARD ACCEPT [0:0]', 'COMMIT', '*nat', ':POSTROUTING ACCEPT [0:0]', ...rules, 'COMMIT'].join('\n');
const jump = '[12:720] -A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG';
const masq =
  '[3:180] -A FLANNEL-POSTRTG -s 10.42.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j ' +
  'MASQUERADE --random-fully';

describe('a node whose rules', () => {
  it('lead from POSTROUTING to a masquerade masquerades', () => {
    expect(masquerades(nat(jump, masq), '')).toBe(true);
  });

  it('hold a masquerade to which nothing leads does not', () => {
    expect(masquerades(nat(masq), '')).toBe(false);
  });

  it('masquerade only what kube-proxy has marked does not', () => {
    expect(
      masquerades(nat('-A POSTROUTING -j KUBE-POSTROUTING', '-A KUBE-POSTROUTING -j MASQUERADE --random-fully'), ''),
    ).toBe(false);
  });

  it('masquerade in nftables alone masquerades', () => {
    expect(masquerades('', '{"nftables":[{"rule":{"family":"ip","chain":"post","expr":[{"masquerade":null}]}}]}')).toBe(
      true,
    );
  });
});
