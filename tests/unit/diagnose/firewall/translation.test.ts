import { describe, expect, it } from 'vitest';
import { firewallOf } from '../../../../helpers/diagnose/firewall/index.ts';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';

/** The table nat of a node, as `iptables-save -c` prints it. */
const nat = (...rules: string[]) => {
  const own = [...new Set(rules.flatMap((rule) => /-A (\S+)/.exec(rule)?.[1] ?? []))].filter(
    (name) => !name.startsWith('P'),
  );
  return firewallOf([
    readIptablesSave(
      [
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ':POSTROUTING ACCEPT [0:0]',
        ...own.map((name) => `:${name} - [0:0]`),
        ...rules,
        'COMMIT',
      ].join('\n'),
    ),
  ]);
};

const SERVICE = [
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.43.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-DNS',
  '-A KUBE-SVC-DNS -m statistic --mode random --probability 0.5 -j KUBE-SEP-A',
  '-A KUBE-SVC-DNS -j KUBE-SEP-B',
  '-A KUBE-SEP-A -s 10.42.0.5/32 -j KUBE-MARK-MASQ',
  '-A KUBE-SEP-A -p udp -m udp -j DNAT --to-destination 10.42.0.5:53',
  '-A KUBE-SEP-B -p udp -m udp -j DNAT --to-destination 10.42.1.6:53',
  '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
];

const kubeProxyNft = () =>
  firewallOf([
    readNftRuleset({
      nftables: [
        { chain: { family: 'ip', table: 'kube-proxy', name: 'pre', hook: 'prerouting', type: 'nat', prio: -100 } },
        {
          map: {
            family: 'ip',
            table: 'kube-proxy',
            name: 'service-ips',
            type: ['ipv4_addr', 'inet_proto', 'inet_service'],
            map: 'verdict',
            elem: [[{ concat: ['10.43.0.10', 'udp', 53] }, { goto: { target: 'service-dns' } }]],
          },
        },
        ...[
          [
            'pre',
            {
              vmap: {
                key: {
                  concat: [
                    { payload: { protocol: 'ip', field: 'daddr' } },
                    { meta: { key: 'l4proto' } },
                    { payload: { protocol: 'th', field: 'dport' } },
                  ],
                },
                data: '@service-ips',
              },
            },
          ],
          [
            'service-dns',
            {
              vmap: {
                key: { numgen: { mode: 'random', mod: 1, offset: 0 } },
                data: { set: [[0, { goto: { target: 'endpoint-a' } }]] },
              },
            },
          ],
          ['endpoint-a', { dnat: { addr: '10.42.0.5', port: 53 } }],
        ].map(([chain, statement]) => ({ rule: { family: 'ip', table: 'kube-proxy', chain, expr: [statement] } })),
      ],
    }),
  ]);

describe("a Service's address", () => {
  it('is translated where a rule names it exactly', () => {
    expect(nat(...SERVICE).translating('10.43.0.10')).toHaveLength(1);
  });

  it('is not translated where rules name only a longer one that begins like it', () => {
    expect(nat(...SERVICE).translating('10.43.0.1')).toEqual([]);
    expect(kubeProxyNft().translating('10.43.0.1')).toEqual([]);
  });

  it('is not translated by a rule that only asks for its range', () => {
    expect(
      nat('-A KUBE-SERVICES -d 10.43.0.0/16 -j KUBE-MARK-MASQ', ...SERVICE.slice(-1)).translating('10.43.0.1'),
    ).toEqual([]);
  });

  it('leads to all its endpoints, in both modes of kube-proxy', () => {
    expect(nat(...SERVICE).translatedTo('10.43.0.10')).toEqual(['10.42.0.5', '10.42.1.6']);
    expect(kubeProxyNft().translatedTo('10.43.0.10')).toEqual(['10.42.0.5']);
  });

  it('is translated for pods only where PREROUTING leads to its chain', () => {
    expect(nat(...SERVICE).isLedIn('KUBE-SERVICES', 'ip')).toBe(true);
    expect(nat(...SERVICE.slice(1)).isLedIn('KUBE-SERVICES', 'ip')).toBe(false);
    expect(nat(...SERVICE).isLedIn('KUBE-SERVICES', 'ip6')).toBe(false);
    expect(kubeProxyNft().isLedIn('service-dns', 'ip', 'kube-proxy')).toBe(true);
    expect(kubeProxyNft().isLedIn('service-dns', 'ip')).toBe(false);
  });
});

const jump = '[12:720] -A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG';
const masq =
  '[3:180] -A FLANNEL-POSTRTG -s 10.42.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j ' +
  'MASQUERADE --random-fully';
const nftChain = (hook: object) => ({ chain: { family: 'ip', table: 't', name: 'post', ...hook } });
const nftRule = (statement: object) => ({ rule: { family: 'ip', table: 't', chain: 'post', expr: [statement] } });
const postrouting = nftChain({ hook: 'postrouting', type: 'nat', prio: 100 });

describe("pods' addresses", () => {
  it('are masqueraded where POSTROUTING leads to a rule that does it', () => {
    expect(nat(jump, masq).masquerades).toBe(true);
  });

  it('are not masqueraded by a rule to which nothing leads', () => {
    expect(nat(masq).masquerades).toBe(false);
  });

  it("are not masqueraded by kube-proxy's rule for what it has marked", () => {
    const own = ['-A POSTROUTING -j KUBE-POSTROUTING', '-A KUBE-POSTROUTING -j MASQUERADE --random-fully'];
    expect(nat(...own).masquerades).toBe(false);
  });

  it("are not masqueraded by Calico's rule for what its tunnel sends with an address of the node", () => {
    const own = [
      '-A POSTROUTING -j cali-POSTROUTING',
      '-A cali-POSTROUTING -o vxlan.calico -m addrtype ! --src-type LOCAL --limit-iface-out ' +
        '-m addrtype --src-type LOCAL -j MASQUERADE --random-fully',
    ];
    expect(nat(...own).masquerades).toBe(false);
    const ofPool = '-A cali-POSTROUTING -m set --match-set cali40masq-ipam-pools src -j MASQUERADE --random-fully';
    expect(nat(...own, ofPool).masquerades).toBe(true);
  });

  it('are masqueraded by a rule of nftables at postrouting, and by none elsewhere', () => {
    const masquerade = nftRule({ masquerade: null });
    expect(firewallOf([readNftRuleset({ nftables: [postrouting, masquerade] })]).masquerades).toBe(true);
    expect(firewallOf([readNftRuleset({ nftables: [nftChain({}), masquerade] })]).masquerades).toBe(false);
  });

  it('are masqueraded or not where a target decides that is not known', () => {
    const unknown = nftRule({ xt: { type: 'target', name: 'MASQUERADE' } });
    expect(firewallOf([readNftRuleset({ nftables: [postrouting, unknown] })]).masquerades).toBeUndefined();
  });
});
