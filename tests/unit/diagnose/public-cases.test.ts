import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';

// Broken clusters as users have told of them in public, made on a lab and recorded there.
const sets = await readRecorded(fileURLToPath(new URL('recorded', import.meta.url)));

type Case = [claim: string, scenario: RegExp, named: string, said: RegExp];

const PODS: Case[] = [
  [
    'a node that is Ready and gives new pods no network is named, with the plugin that it lacks',
    /^cni-setup-fails\/plugin-missing$/,
    'cni-setup-fails',
    /failed to find plugin "flannel"/,
  ],
  [
    'a node whose bridge still has the address of an earlier range is named, with what its plugin says of it',
    /^by hand: the bridge of an earlier range/,
    'cni-setup-fails',
    /"cni0" already has an IP address different from/,
  ],
  [
    'a node without a configuration of a pod network is named as that, and not only as not Ready',
    /^cni-not-initialized$/,
    'cni-not-initialized',
    /no file stands in its folder of network configurations/,
  ],
];

const HOSTS: Case[] = [
  [
    'the REJECT rules of a cloud image on one node are one story, with both of their chains',
    /^host-firewall-drops-vxlan\/image-one-node$/,
    'host-firewall-drops-vxlan',
    /FORWARD: -j REJECT --reject-with icmp-host-prohibited/,
  ],
  [
    'the REJECT rules of a cloud image on every node are one story as well',
    /^host-firewall-drops-vxlan\/image-all-nodes$/,
    'host-firewall-drops-vxlan',
    /INPUT: -j REJECT --reject-with icmp-host-prohibited/,
  ],
  [
    'a node without a default route is named as one that no route leads from to Services, and whose pods are served',
    /^no-route-to-services\/one-node$/,
    'no-route-to-services',
    /nor is there a default route/,
  ],
  [
    'an address that flannel announces because of an annotation that was left is named with the annotation',
    /^flannel-announces-foreign-address$/,
    'flannel-announces-foreign-address',
    /because of the annotation flannel\.alpha\.coreos\.com\/public-ip-overwrite/,
  ],
  [
    'a card of larger packets than all others’ is named with both sizes',
    /^by hand: a card of 9000 bytes/,
    'pmtu-blackhole',
    /has MTU 9000, the cards of all other nodes have 1500/,
  ],
  [
    'a card of smaller packets that takes its node from the API server is the cause of what follows, with both sizes',
    /^by hand: a card of 1300 bytes/,
    'node-cannot-reach-api',
    /has MTU 1300, the cards of all other nodes have 1500/,
  ],
];

const NAMES: Case[] = [
  [
    'pods that are told the address of before have that and the DNS Service’s own said, and no local cache blamed',
    /^cluster-dns-mismatch\/service-moved$/,
    'cluster-dns-mismatch',
    /are told 10\.43\.0\.10, the DNS Service is 10\.43\.0\.53/,
  ],
  [
    'an address that another Service took before the DNS Service came is said with its owner',
    /^cluster-dns-mismatch\/address-taken$/,
    'cluster-dns-mismatch',
    /10\.43\.0\.10 is the address of keybuzz\/taken/,
  ],
  [
    'CoreDNS that ends for want of a nameserver is named by its own last words',
    /^coredns-no-upstream$/,
    'coredns-no-upstream',
    /plugin\/forward: no nameservers found/,
  ],
  [
    'CoreDNS that waits for a key of its ConfigMap is named by the kubelet’s words',
    /^coredns-config-wrong\/missing-key$/,
    'coredns-config-wrong',
    /non-existent config key: NodeHosts/,
  ],
  [
    'CoreDNS whose plugin hosts hands nothing on is named by its Corefile',
    /^coredns-config-wrong\/hosts$/,
    'coredns-config-wrong',
    /hosts has no fallthrough/,
  ],
  [
    'CoreDNS that cannot read its Corefile is named by the line at which it ends',
    /^coredns-config-wrong\/unknown-directive$/,
    'coredns-config-wrong',
    /Corefile:\d+ - Error during parsing/,
  ],
  [
    'a name of outside whose AAAA fails at the upstream resolver is named with that resolver’s answer',
    /^external-aaaa-refused\/upstream-servfail$/,
    'external-aaaa-refused',
    /10\.0\.0\.3, asked by the nodes themselves: SERVFAIL/,
  ],
  [
    'a name of outside whose AAAA is said not to exist is named so too, though its A is right',
    /^external-aaaa-refused\/upstream-nxdomain$/,
    'external-aaaa-refused',
    /NXDOMAIN for AAAA of .+ and has its A/,
  ],
];

describe.each([
  ['pods', PODS],
  ['hosts', HOSTS],
  ['names', NAMES],
])('of %s,', (_, cases) => {
  test.each(cases)('%s', (_claim, scenario, named, said) => {
    const found = sets.filter((set) => scenario.test(set.scenario));
    expect(found).toHaveLength(1);
    const { findings, unexplained } = diagnose(found[0]?.observations ?? []);
    expect(findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual([`proved ${named}`]);
    expect(findings[0]?.evidence.map(({ text }) => text).join('\n')).toMatch(said);
    expect(unexplained).toEqual([]);
  });
});
