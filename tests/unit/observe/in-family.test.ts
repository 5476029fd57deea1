import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import type { NodeInfo, ServiceInfo } from '../../../helpers/model/topology.ts';
import { familiesOf, inEachFamily, inFamily } from '../../../helpers/observe/in-family.ts';
import { unprobedFamilies } from '../../../helpers/observe/plans/unprobed-families.ts';
import { unpromisedIpv6AsEvidence } from '../../../helpers/observe/unpromised-ipv6.ts';

const node = (name: string, ...ips: string[]) =>
  ({ name, internalIp: ips[0], ips, podCidrs: [] }) as unknown as NodeInfo;
const pod = (name: string, ...ips: string[]) => ({
  node: name,
  network: 'pod' as const,
  namespace: 'n',
  pod: `p-${name}`,
  ip: ips[0] ?? '',
  ips,
});
const service = (name: string, clusterIps: string[], ...endpoints: string[]) =>
  ({
    namespace: 'shop',
    name,
    type: 'ClusterIP',
    clusterIp: clusterIps[0] ?? 'None',
    clusterIps,
    selector: {},
    ports: [],
    endpoints: endpoints.map((ip) => ({ ip, ports: {}, ready: true })),
  }) as ServiceInfo;

const context = (isDual: boolean) =>
  ({
    externalName: 'www.example.test',
    targets: { loadBalancer: '10.0.0.5', services: [], hosts: [] },
    pods: isDual
      ? [pod('a', '10.42.0.2', 'fd00:42::2'), pod('b', '10.42.1.2', 'fd00:42:0:1::2')]
      : [pod('a', '10.42.0.2'), pod('b', '10.42.1.2')],
    topology: {
      nodes: [node('a', '10.0.0.1', 'fd00::1'), node('b', '10.0.0.2')],
      services: [
        service('both', ['10.43.0.5', 'fd00:43::5'], '10.42.0.9', 'fd00:42::9'),
        service('one', ['10.43.0.6'], '10.42.0.9'),
        service('headless', [], '10.42.0.9', 'fd00:42::9'),
      ],
      dnsPods: [{ name: 'dns', node: 'a', ip: '10.42.0.3', ips: ['10.42.0.3', 'fd00:42::3'] }],
      dns: service('kube-dns', ['10.43.0.10', 'fd00:43::a'], '10.42.0.3', 'fd00:42::3'),
    },
  }) as unknown as RunContext;

describe('the families of a cluster', () => {
  it('are those of the addresses that its probe pods were given, whatever its nodes have', () => {
    expect(familiesOf(context(false))).toEqual(['IPv4']);
    expect(familiesOf(context(true))).toEqual(['IPv4', 'IPv6']);
    expect(familiesOf({ pods: [pod('a', 'fd00::2')] })).toEqual(['IPv6']);
    expect(familiesOf({ pods: [] })).toEqual(['IPv4']);
  });

  it('are planned for one by one, each with its own addresses alone', () => {
    const { topology, pods, targets, externalName } = inFamily(context(true), 'IPv6');
    expect(pods.map(({ ip }) => ip)).toEqual(['fd00:42::2', 'fd00:42:0:1::2']);
    expect(topology.nodes.map(({ internalIp }) => internalIp)).toEqual(['fd00::1']);
    expect(topology.services.map(({ name, clusterIp }) => [name, clusterIp])).toEqual([
      ['both', 'fd00:43::5'],
      ['headless', 'None'],
    ]);
    expect(topology.services.flatMap(({ endpoints }) => endpoints.map(({ ip }) => ip))).toEqual([
      'fd00:42::9',
      'fd00:42::9',
    ]);
    expect([topology.dns?.clusterIp, topology.dnsPods[0]?.ip]).toEqual(['fd00:43::a', 'fd00:42::3']);
    expect([targets.loadBalancer, externalName]).toEqual([undefined, undefined]);
  });

  it('cost a cluster of one no more than one plan', () => {
    const plans = (isDual: boolean) => inEachFamily(context(isDual), ({ family }) => [family]);
    expect(plans(false)).toEqual(['IPv4']);
    expect(plans(true)).toEqual(['IPv4', 'IPv6']);
  });

  it('are said as far as they are not looked at, a node without IPv6 among them', () => {
    const what = (isDual: boolean) => unprobedFamilies(context(isDual)).map(({ what: each }) => each);
    expect(what(true)).toEqual([expect.stringContaining('datagrams of full size'), 'IPv6 at b']);
    expect(what(false)).toEqual(['the IPv6 addresses of shop/both, shop/headless']);
  });
});

describe('what nobody has promised of IPv6', () => {
  const probe = (role: 'worker' | 'from-node' | 'from-runner', network: 'runner' | 'host', isAnswered: boolean) => ({
    role,
    source: { network },
    destination: { ip: 'fd00::1' },
    verdict: isAnswered ? ('pass' as const) : ('fail' as const),
    errorKind: isAnswered ? undefined : ('timeout' as 'timeout' | 'refused'),
    succeeded: isAnswered ? 1 : 0,
  });
  const ofIpv4 = { ...probe('from-node', 'host', true), destination: { ip: '10.0.0.1' } };
  const verdicts = (...probes: ReturnType<typeof probe>[]) =>
    unpromisedIpv6AsEvidence([...probes, ofIpv4])
      .map(({ verdict }) => verdict)
      .slice(0, -1);

  it('is a way from where Netwright runs: where nothing is answered there, it is evidence', () => {
    expect(verdicts(probe('from-runner', 'runner', false), probe('from-node', 'host', false))).toEqual([
      'evidence',
      'fail',
    ]);
    expect(verdicts(probe('from-runner', 'runner', false), probe('from-runner', 'runner', true))).toEqual([
      'fail',
      'pass',
    ]);
  });

  it('is a NodePort served there: where it is refused on every node, it is evidence', () => {
    const refused = { ...probe('from-node', 'host', false), errorKind: 'refused' as const };
    const outside = { ...probe('from-runner', 'runner', false), errorKind: 'refused' as const };
    expect(verdicts(refused, outside)).toEqual(['evidence', 'evidence']);
    expect(verdicts(refused, probe('from-runner', 'runner', false))).toEqual(['evidence', 'evidence']);
    expect(verdicts(refused, probe('from-node', 'host', true))).toEqual(['fail', 'pass']);
    expect(verdicts(refused, probe('from-node', 'host', false))).toEqual(['fail', 'fail']);
  });

  it('is all promised where the cluster has no other family', () => {
    const alone = [probe('from-runner', 'runner', false), probe('worker', 'runner', false)];
    expect(unpromisedIpv6AsEvidence(alone).map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  });

  it('is an ingress that listens there: where one node answers, all have to', () => {
    const elsewhere = probe('from-runner', 'runner', true);
    expect(verdicts(elsewhere, probe('worker', 'runner', false))).toEqual(['pass', 'evidence']);
    expect(verdicts(probe('worker', 'runner', true), probe('worker', 'runner', false))).toEqual(['pass', 'fail']);
  });
});
