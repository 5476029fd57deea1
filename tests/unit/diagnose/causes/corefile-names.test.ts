import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing, fact, run, serviceFact } from '../../../support/cluster.ts';

const dns = () => {
  const made = serviceFact(['a'], { namespace: 'kube-system', name: 'kube-dns', clusterIp: '10.43.0.10' });
  return { ...made, value: { ...(made.value as FactValue<'service'>), dns: true } } as typeof made;
};
const replica = fact('dns-pod', { name: 'coredns-1', node: 'a', ip: '10.42.1.5', ready: true, restarts: 0 }, 'a');
const ROOM = [
  ...CLUSTER,
  dns(),
  replica,
  serviceFact(['b'], { name: 'api', clusterIp: '10.43.0.21' }),
  serviceFact(['c'], { name: 'web', clusterIp: '10.43.0.22' }),
];

type Got = Parameters<typeof probeOf<'dns'>>[1];
const NXDOMAIN: Got = {
  verdict: 'fail',
  errorKind: 'dns-rcode',
  reason: 'answered NXDOMAIN',
  got: { rcode: 'NXDOMAIN' },
};
const wrong = (...answers: string[]): Got => ({
  verdict: 'fail',
  errorKind: 'wrong-answer',
  reason: `answered ${answers.join(', ')}`,
  got: { rcode: 'NOERROR', answers },
});

/** A Service's name asked of the replica and of the DNS Service. */
const ask = (name: string, fields: Got = {}, from = 'b') => [
  probeOf('dns', {
    role: 'replica-name',
    source: at('host', from),
    destination: at('pod', 'a', { ip: '10.42.1.5', pod: 'coredns-1' }),
    crosses: { replica: 'coredns-1', pods: ['a'], size: 'small' },
    asked: { protocol: 'udp', name: `${name}.shop.svc.cluster.local`, recordType: 'A' },
    ...fields,
  }),
  probeOf('dns', {
    role: 'service-name',
    source: at('host', from),
    destination: { ip: '10.43.0.10', name: 'kube-system/kube-dns' },
    crosses: { service: 'kube-system/kube-dns', dns: true, servedFrom: ['a'], translation: [from], size: 'small' },
    asked: { protocol: 'udp', name: `${name}.shop.svc.cluster.local`, recordType: 'A' },
    ...fields,
  }),
];
const corefile = (...lines: string[]) =>
  fact('corefile', {
    namespace: 'kube-system',
    files: { 'coredns/Corefile': `.:53 {\n${lines.join('\n')}\n kubernetes cluster.local\n}\n` },
  });
const API = 'api.shop.svc.cluster.local';
const GONE = `rewrite name ${API} gone.shop.svc.cluster.local`;
const named = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, code }) => `${confidence} ${code}`);

describe('names that the Corefile takes for others', () => {
  test('are named with its line, where one Service’s fails and another’s passes', () => {
    const [finding, ...others] = diagnosed(ROOM, ask('api', NXDOMAIN), ask('web'), corefile(GONE));
    expect(finding).toMatchObject({ code: 'coredns-config-wrong', confidence: 'proved' });
    expect(finding?.evidence.map(({ text }) => text)).toContain(
      `the Corefile says: ${GONE}, which takes ${API} for gone.shop.svc.cluster.local`,
    );
    expect(others).toEqual([]);
  });

  test('are named where a zone is taken for another, and all of it fails', () => {
    const line = 'rewrite name suffix .svc.cluster.local .nowhere.local';
    expect(named(ROOM, ask('api', NXDOMAIN), ask('web', NXDOMAIN), corefile(line))).toEqual([
      'proved coredns-config-wrong',
    ]);
  });

  test('are named where another Service’s address is answered, and not where some other is', () => {
    const line = corefile(`rewrite name ${API} web.shop.svc.cluster.local`);
    expect(named(ROOM, ask('api', wrong('10.43.0.22')), ask('web'), line)).toEqual(['proved coredns-config-wrong']);
    expect(named(ROOM, ask('api', wrong('10.43.0.99')), ask('web'), line)).toEqual([]);
  });

  test('stay a candidate where all names fail, and the line is of one', () => {
    expect(named(ROOM, ask('api', NXDOMAIN), ask('web', NXDOMAIN), corefile(GONE))).toEqual([
      'candidate coredns-config-wrong',
    ]);
  });

  test('stay a candidate where a replica answers rightly, which has read another Corefile', () => {
    expect(named(ROOM, ask('api', NXDOMAIN), ask('api', {}, 'c'), ask('web'), corefile(GONE))).toEqual([
      'candidate coredns-config-wrong',
    ]);
  });

  test.each([
    ['a line that is of no name that fails', 'rewrite name db.corp.test gone.corp.test'],
    ['an alias for the same Service', `rewrite name suffix .svc.cluster.local .svc.corp.local`],
    ['a Service that is there', `rewrite name ${API} web.shop.svc.cluster.local`],
  ])('are not said of %s', (_, line) => {
    expect(named(ROOM, ask('api', NXDOMAIN), ask('web'), corefile(line))).toEqual([]);
  });

  test('are not said of a line whose names resolve', () => {
    expect(named(ROOM, ask('api'), ask('web'), corefile(GONE))).toEqual([]);
  });

  test('have the Corefile read', () => {
    const kinds = diagnose(run(ROOM, ask('api', NXDOMAIN), ask('web'))).requests.map(({ kind }) => kind);
    expect(kinds).toContain('corefile');
  });
});

describe('CoreDNS that is ready and answers nobody', () => {
  const silent = (how: 'refused' | 'timeout') => [
    ...ask('api', failing(how), 'a'),
    ...ask('api', failing(how)),
    ...ask('web', failing(how)),
  ];

  test('is named with the line that binds it to the loopback, where it refuses, and not as dead', () => {
    const [finding, ...others] = diagnosed(ROOM, silent('refused'), corefile('bind 127.0.0.1'));
    expect(finding).toMatchObject({ code: 'coredns-config-wrong', confidence: 'proved' });
    expect(finding?.evidence.map(({ text }) => text)).toContain(
      'the Corefile says: bind 127.0.0.1: no other pod and no node gets there',
    );
    expect(others).toEqual([]);
  });

  test('has it read for that', () => {
    expect(diagnose(run(ROOM, silent('refused'))).requests.map(({ kind }) => kind)).toContain('corefile');
  });

  test('is not proved to be bound so where nothing comes back at all: a filter may stand before it', () => {
    expect(named(ROOM, silent('timeout'), corefile('bind lo'))).not.toContain('proved coredns-config-wrong');
  });

  test.each(['bind 0.0.0.0', 'bind 169.254.20.10 10.43.0.10', 'errors'])('is not said to be bound by "%s"', (line) => {
    expect(named(ROOM, silent('refused'), corefile(line)).filter((each) => each.includes('config-wrong'))).toEqual([]);
  });

  test('is not named by such a line while one replica answers', () => {
    expect(named(ROOM, ask('api', failing('refused')), ask('web'), corefile('bind lo'))).not.toContain(
      'proved coredns-config-wrong',
    );
  });
});
