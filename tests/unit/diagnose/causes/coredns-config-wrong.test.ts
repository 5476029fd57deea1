import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import type { DnsPod } from '../../../../helpers/model/topology.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing, fact, serviceFact } from '../../../support/cluster.ts';

const replica = (more: Partial<DnsPod> = {}) =>
  fact('dns-pod', { name: 'coredns-1', node: 'a', ip: '10.42.1.5', ready: true, restarts: 0, ...more }, 'a');
const ending = replica({ ready: false, restarts: 3, waitingReason: 'CrashLoopBackOff' });
const log = (text: string) => fact('pod-log', { namespace: 'kube-system', pod: 'coredns-1', text });

const service = (nodes: string[]) => {
  const made = serviceFact(nodes, { namespace: 'kube-system', name: 'kube-dns', clusterIp: '10.43.0.10' });
  return { ...made, value: { ...(made.value as FactValue<'service'>), dns: true } } as typeof made;
};

/** Asked at its own address and by the Service, from its own node's host network. */
const asked = (fields: Parameters<typeof probeOf<'dns'>>[1]) => [
  probeOf('dns', {
    role: 'replica-name',
    source: at('host', 'a'),
    destination: at('pod', 'a', { ip: '10.42.1.5', pod: 'coredns-1' }),
    crosses: { replica: 'coredns-1', pods: ['a'], size: 'small' },
    ...fields,
  }),
  probeOf('dns', {
    role: 'service-name',
    source: at('host', 'a'),
    destination: { ip: '10.43.0.10', name: 'kube-system/kube-dns' },
    crosses: { service: 'kube-system/kube-dns', dns: true, servedFrom: ['a'], translation: ['a'], size: 'small' },
    ...fields,
  }),
];

const named = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, code }) => `${confidence} ${code}`);

describe('CoreDNS that ends at every start', () => {
  const down = [...CLUSTER, service([]), ending, ...asked(failing('refused'))];

  test.each([
    ["Corefile:3 - Error during parsing: Unknown directive 'forwrd'", 'coredns-config-wrong'],
    ["plugin/forward: Corefile:4 - Error during parsing: unknown property 'foo'", 'coredns-config-wrong'],
    ["/etc/coredns/Corefile:6 - Syntax error: Unexpected token 'x', expecting '}'", 'coredns-config-wrong'],
    ['plugin/forward: no nameservers found', 'coredns-no-upstream'],
    ['[FATAL] plugin/loop: Loop (127.0.0.1:40000 -> :53) detected for zone "."', 'coredns-forward-loop'],
  ])('over "%s" is named by it alone: %s', (line, code) => {
    const findings = diagnosed(down, log(`maxprocs: Leaving GOMAXPROCS=2\n${line}\n`));
    expect(findings.map((finding) => `${finding.confidence} ${finding.code}`)).toEqual([`proved ${code}`]);
    expect(findings[0]?.evidence.map(({ text }) => text)).toContain(`its log says: ${line.replace('[FATAL] ', '')}`);
  });

  test('without a word of why is a Service without endpoints, and a replica that answers nobody', () => {
    expect(named(down, log('[INFO] plugin/reload: Running configuration\n'))).toEqual(
      expect.arrayContaining(['proved service-no-endpoints']),
    );
  });

  test('and has not been read yet is left open', () => {
    expect(named(down).filter((each) => each.startsWith('proved'))).toEqual([]);
  });
});

describe('CoreDNS whose pods mount what is not there', () => {
  const event = (object: string, why = 'references non-existent config key: NodeHosts') =>
    fact('events', [
      { object, reason: 'FailedMount', message: `MountVolume.SetUp failed for volume "config" : ${why}`, count: 4 },
    ]);
  const waiting = replica({ ip: '', ready: false, waitingReason: 'ContainerCreating' });

  test.each([
    'failed to sync configmap cache: timed out waiting for the condition',
    'object "kube-system"/"coredns" not registered',
  ])('is not said of a kubelet that has only begun to ask: %s', (why) => {
    const pod = 'Pod kube-system/coredns-1';
    expect(named(CLUSTER, service([]), waiting, event(pod, why))).not.toContain('proved coredns-config-wrong');
  });

  test('is named by the event, though no probe could ask it', () => {
    const findings = diagnosed(CLUSTER, service([]), waiting, event('Pod kube-system/coredns-1'));
    expect(findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual(['proved coredns-config-wrong']);
    expect(findings[0]?.evidence.some(({ text }) => text.includes('NodeHosts'))).toBe(true);
  });

  test('is not named by the event of another pod, or once it is ready', () => {
    expect(named(CLUSTER, service([]), waiting, event('Pod kube-system/other-1'))).toEqual([]);
    expect(named(CLUSTER, service(['a']), replica(), event('Pod kube-system/coredns-1'))).toEqual([]);
  });
});

describe('CoreDNS that denies names of the cluster', () => {
  const denied = asked({
    verdict: 'fail',
    errorKind: 'dns-rcode',
    reason: 'answered NXDOMAIN',
    got: { rcode: 'NXDOMAIN' },
  });
  const domain = fact(
    'pod-resolv',
    { nameservers: ['10.43.0.10'], search: ['a.svc.corp.local', 'svc.corp.local', 'corp.local'], options: [] },
    'a',
  );
  const sound = [...CLUSTER, service(['a']), replica(), domain];
  const corefile = (text: string) =>
    fact('corefile', { namespace: 'kube-system', files: { 'coredns/Corefile': text } });

  test('of which the Corefile has another zone than the kubelets is named with both', () => {
    const findings = diagnosed(sound, denied, corefile('.:53 {\n kubernetes cluster.local {\n }\n}\n'));
    expect(findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual(['proved coredns-config-wrong']);
    expect(findings[0]?.evidence.map(({ text }) => text)).toContain(
      'the kubelets give pods the domain corp.local, the Corefile says: kubernetes cluster.local',
    );
  });

  test('since hosts hands on nothing is named by that', () => {
    const text = '.:53 {\n hosts {\n 203.0.113.7 db.corp.test\n }\n kubernetes corp.local\n}\n';
    const [finding] = diagnosed(sound, denied, corefile(text));
    expect(finding).toMatchObject({ code: 'coredns-config-wrong', confidence: 'proved' });
    expect(finding?.evidence.some(({ text: said }) => said.includes('hosts has no fallthrough'))).toBe(true);
  });

  test('for no reason that its Corefile shows, or was read, stays a candidate', () => {
    expect(named(sound, denied, corefile('.:53 {\n kubernetes corp.local\n}\n'))).toEqual([
      'candidate coredns-config-wrong',
    ]);
    expect(named(sound, denied)).toEqual(['candidate coredns-config-wrong']);
  });

  test('is not named where it answers, whatever the Corefile says', () => {
    expect(named(sound, asked({}), corefile('.:53 {\n kubernetes other.local\n}\n'))).toEqual([]);
  });
});

describe('CoreDNS that refuses all questions of one node, and answers another’s', () => {
  const refused = asked({
    source: at('host', 'b'),
    verdict: 'fail',
    errorKind: 'dns-rcode',
    reason: 'answered REFUSED',
    got: { rcode: 'REFUSED' },
  });
  const sound = [...CLUSTER, service(['a']), replica(), ...asked({})];
  const corefile = fact('corefile', {
    namespace: 'kube-system',
    files: { 'coredns/Corefile': '.:53 {\n acl {\n block net 10.42.2.0/24\n }\n kubernetes cluster.local\n}\n' },
  });

  test('is told by it to do so where the Corefile has an acl that blocks, which is said', () => {
    const [finding, ...others] = diagnosed(sound, refused, corefile);
    expect(finding).toMatchObject({ code: 'coredns-config-wrong', confidence: 'proved' });
    expect(finding?.evidence.map(({ text }) => text)).toContain('the Corefile says: acl block net 10.42.2.0/24');
    expect(others).toEqual([]);
  });

  test('may be told so where the Corefile was not read', () => {
    expect(named(sound, refused)).toEqual(['candidate coredns-config-wrong']);
  });
});
