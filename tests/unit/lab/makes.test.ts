import { describe, expect, it } from 'vitest';
import { inRange } from '../../../helpers/diagnose/evidence/ranges.ts';
import { MAKES, parseMakes } from '../../../lab/makes/index.ts';
import { addressesOf, IPV6, podRanges, primaryOf, serviceRanges } from '../../../lab/makes/families.ts';
import { dnsAddress, dnsAddresses } from '../../../lab/makes/ranges.ts';
import { nodeNameOf } from '../../../lab/makes/node-names.ts';
import { USUAL } from '../../../lab/makes/settings.ts';
import { apiBalancer } from '../../../lab/node/api-balancer.ts';
import { k3sArgs } from '../../../lab/node/files.ts';
import { nodesOf, outsideOf, type LabNode } from '../../../lab/topology.ts';
import { APPS, clusterIpOf } from '../../../lab/workloads/keybuzz.ts';

describe('the makes of a lab', () => {
  it('are the usual ones where nothing is said', () => {
    expect(parseMakes('')).toEqual(USUAL);
  });

  it('are read from several pairs, with the usual for the rest', () => {
    expect(parseMakes('vxlan-port=4789, vni=4096')).toEqual({ ...USUAL, vxlanPort: 4789, vni: 4096 });
    expect(parseMakes('cluster-domain=corp.local')).toEqual({ ...USUAL, clusterDomain: 'corp.local' });
    expect(parseMakes('backend=host-gw')).toEqual({ ...USUAL, backend: 'host-gw' });
    expect(parseMakes('proxy=nftables,cidrs=10.244/16 + 10.96/12')).toEqual({
      ...USUAL,
      proxy: 'nftables',
      pods: '10.244.0.0/16',
      services: '10.96.0.0/12',
    });
    expect(parseMakes('cidrs=100.64/11+100.96/12')).toMatchObject({ pods: '100.64.0.0/11', services: '100.96.0.0/12' });
  });

  it.each([
    ['port=4789', 'a lab has no make "port"'],
    ['vxlan-port=80', '"80" is no value of vxlan-port'],
    ['vxlan-port', '"" is no value of vxlan-port'],
    ['vni=1.5', '"1.5" is no value of vni'],
    ['cluster-domain=Corp_local', '"Corp_local" is no value of cluster-domain'],
    ['cluster-domain=corp.local.', '"corp.local." is no value of cluster-domain'],
    ['backend=udp', '"udp" is no value of backend'],
    ['proxy=ipvs', '"ipvs" is no value of proxy'],
    ['cidrs=10.244/16', '"10.244/16" is no value of cidrs'],
    ['cidrs=10.244.1/16+10.96/12', 'is no value of cidrs'],
    ['cidrs=10.244/16+10.96/8', 'is no value of cidrs'],
    ['vni=7,vni=8', '"vni" is said twice'],
    ['backend=host-gw,vni=7', 'cannot be together: backend=host-gw has no VXLAN'],
    ['families=ipv7', '"ipv7" is no value of families'],
    ['servers=2', '"2" is no value of servers'],
    ['families=ipv6,cidrs=10.244/16+10.96/12', 'cannot be together: families=ipv6 has ranges of IPv6'],
    ['families=dual,policy=kube-router', 'cannot be together: policy=kube-router would have to be given IPv6'],
    ['families=dual,underlay=hetzner', 'has no IPv6 in its private network'],
    ['network=weave', '"weave" is no value of network'],
    ['network=calico-vxlan,vni=7', "backend, vxlan-port and vni are flannel's"],
    ['network=calico-vxlan,families=dual', 'is made with IPv4 alone, which families=dual is not'],
    ['network=calico-ipip,families=ipv6', 'is made with IPv4 alone, which families=ipv6 is not'],
    ['network=calico-bgp,underlay=hetzner', 'needs nodes that share a link'],
    ['network=calico-ipip,policy=kube-router', 'enforces NetworkPolicies itself'],
    ['nodes=light,network=calico-ipip', 'nodes=light runs no init containers'],
    ['nodes=light,ingress=servicelb', 'nodes=light runs no init containers'],
    ['node-mask=28', '"28" is no value of node-mask'],
    ['node-mask=20,cidrs=10.244/18+10.96/12', 'node-mask=20 makes too few or too many parts of 10.244.0.0/18'],
    ['overlay-iface=public', 'the second card that underlay=hetzner has'],
    ['cidrs=10.96/11+10.96/12', 'have addresses in common'],
    ['cidrs=10.0/16+10.96/12', "10.0.0.0/16 has addresses of the nodes' network"],
  ])('%s is refused', (text, problem) => {
    expect(() => parseMakes(text)).toThrow(problem);
  });

  it("keep Services' addresses in their range, and apart", () => {
    for (const services of ['10.43.0.0/16', '10.96.0.0/12', '172.30.0.0/20', '172.31.5.0/24']) {
      const own = [...APPS.map((app) => clusterIpOf(app, { services })), dnsAddress({ services })];
      expect(own.filter((address) => inRange(address, services))).toEqual([...new Set(own)]);
    }
    expect(APPS.map((app) => clusterIpOf(app, USUAL))).toEqual(['10.43.92.243', '10.43.102.230', '10.43.232.70']);
  });

  it('of both families give every node, and the ranges, an IPv6 one beside the IPv4 one', () => {
    const dual = parseMakes('families=dual');
    expect(addressesOf('10.0.0.110', dual)).toEqual(['10.0.0.110', 'fd00:10::110']);
    expect(addressesOf('10.0.0.110', USUAL)).toEqual(['10.0.0.110']);
    expect(podRanges(dual)).toBe('10.42.0.0/16,fd00:42::/56');
    expect(podRanges(USUAL)).toBe('10.42.0.0/16');
    expect(dnsAddresses(dual).filter((address) => inRange(address, IPV6.services))).toEqual(['fd00:43::a']);
  });

  it('of IPv6 alone give every node, and the ranges, that one', () => {
    const alone = parseMakes('families=ipv6');
    expect(primaryOf('10.0.0.110', alone)).toBe('fd00:10::110');
    expect(addressesOf(primaryOf('10.0.0.110', alone), alone)).toEqual(['fd00:10::110']);
    expect([podRanges(alone), serviceRanges(alone)]).toEqual(['fd00:42::/56', 'fd00:43::/112']);
    const own = [...APPS.map((app) => clusterIpOf(app, alone)), ...dnsAddresses(alone)];
    expect(own).toEqual(['fd00:43::5cf3', 'fd00:43::66e6', 'fd00:43::e846', 'fd00:43::a']);
    expect(outsideOf(alone).loadBalancer).toBe('fd00:10::5');
  });

  it('of long names have as many characters as a label takes', () => {
    const name = nodeNameOf('k3s-worker-01', parseMakes('node-names=long'));
    expect(name).toMatch(/^k3s-worker-01\.[a-z0-9.-]+[a-z0-9]$/);
    expect(name).toHaveLength(63);
  });

  it('of three servers have every node ask them by a balancer of its own, a server itself first', () => {
    const settings = parseMakes('servers=3');
    const nodes = nodesOf('small', settings.servers);
    const [first, second, third, agent] = nodes as [LabNode, LabNode, LabNode, LabNode];
    const of = (node: LabNode) => apiBalancer(node, [first, second, third], settings);
    expect(of(agent).match(/server k3s-master-0\d 10\.0\.0\.10\d:6443 check/g)).toHaveLength(3);
    expect(of(agent)).not.toContain('backup');
    expect(of(second).match(/k3s-master-0(\d) .*backup/g)).toHaveLength(2);
    expect(of(second)).not.toMatch(/k3s-master-02 .*backup/);
    expect(k3sArgs(first, first, settings)).toContain('--cluster-init');
    expect(k3sArgs(third, first, settings).join(' ')).toContain('--server https://10.0.0.100:6443');
  });

  it.each([
    ['underlay=hetzner', 'enp7s0'],
    ['underlay=hetzner,overlay-iface=public', 'eth0'],
  ])('%s: K3s is told by which card flannel joins the nodes', (text, card) => {
    const [first] = nodesOf(3, 1) as [LabNode];
    expect(k3sArgs(first, first, parseMakes(text)).join(' ')).toContain(`--flannel-iface ${card}`);
  });

  it('have each a key of its own', () => {
    expect(new Set(MAKES.map(({ key }) => key)).size).toBe(MAKES.length);
  });
});
