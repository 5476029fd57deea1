import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { denyingTemplate, serverBlocks } from '../../../../helpers/diagnose/evidence/corefile.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, run, serviceFact } from '../../../support/cluster.ts';

const service = () => {
  const made = serviceFact(['a'], { namespace: 'kube-system', name: 'kube-dns', clusterIp: '10.43.0.10' });
  return { ...made, value: { ...(made.value as FactValue<'service'>), dns: true } } as typeof made;
};
const given = (node: string, search: string[]) =>
  fact(
    'pod-resolv',
    { nameservers: ['10.43.0.10'], search: ['svc.cluster.local', ...search], options: ['ndots:5'] },
    node,
  );
const NAME = 'www.example.test';
const NOBODYS = 'netwright-1.invalid';

type Dns = Fields<'dns'>;
const asked = (node: string, role: NonNullable<Dns['role']>, name: string, fields: Dns = {}) =>
  probeOf('dns', {
    role,
    source: at('pod', node),
    destination: { ip: '10.43.0.10', name: 'kube-system/kube-dns' },
    crosses: { service: 'kube-system/kube-dns', dns: true, external: true, size: 'small' },
    asked: { name },
    ...fields,
  });
const bad = (rcode: string): Dns => ({
  verdict: 'fail',
  errorKind: 'dns-rcode',
  reason: `answered ${rcode}`,
  got: { rcode },
});
const resolved = (node: string, fields: Fields<'resolve'> = {}) =>
  probeOf('resolve', {
    role: 'resolver-external-name',
    source: at('pod', node),
    asked: { name: NAME },
    crosses: { service: 'kube-system/kube-dns', dns: true, external: true, size: 'small' },
    ...fields,
  });
const cluster = [...CLUSTER, service()];
const findings = (...observations: (Observation | readonly Observation[])[]) => diagnosed(cluster, ...observations);
const brief = (...observations: (Observation | readonly Observation[])[]) =>
  findings(...observations).map(({ confidence, code, locations }) =>
    [confidence, code, ...locations.flatMap(({ node, service: name }) => node ?? name ?? [])].join(' '),
  );

describe('a search domain', () => {
  const wildcard = (node: string) => [
    given(node, ['corp.test']),
    asked(node, 'search-domain', `${NOBODYS}.corp.test`, {
      verdict: 'fail',
      errorKind: 'wrong-answer',
      reason: 'answered 203.0.113.66 for a name that nobody has',
      got: { rcode: 'NOERROR', answers: ['203.0.113.66'] },
    }),
    asked(node, 'absent-name', NOBODYS, { verdict: 'evidence', got: { rcode: 'NXDOMAIN', answers: [] } }),
    resolved(node, {
      verdict: 'fail',
      errorKind: 'wrong-answer',
      reason: 'answered 203.0.113.66; with a final dot 192.0.2.10',
    }),
  ];

  test('with a wildcard is named at the nodes whose pods have it, with its address', () => {
    const found = findings(wildcard('a'), wildcard('b'), given('c', []), resolved('c'));
    expect(found).toEqual([
      expect.objectContaining({
        code: 'search-domain-answers-everything',
        confidence: 'proved',
        title: 'the search domain corp.test answers any name with 203.0.113.66: pods of a, b',
        locations: [{ node: 'a' }, { node: 'b' }],
      }),
    ]);
    expect(diagnose(run(cluster, wildcard('a'))).unexplained).toEqual([]);
  });

  test('that answers SERVFAIL is named with what musl makes of it', () => {
    const [found] = findings(
      given('a', ['corp.test']),
      asked('a', 'search-domain', `${NOBODYS}.corp.test`, bad('SERVFAIL')),
      resolved('a'),
    );
    expect(found).toMatchObject({ code: 'search-domain-answers-everything', confidence: 'proved' });
    expect(found?.title).toContain('corp.test answers any name with SERVFAIL');
    expect(found?.evidence.some(({ text }) => text.startsWith('musl'))).toBe(true);
  });

  test('that says what it does not have, or was not judged, is not named', () => {
    const honest = asked('a', 'search-domain', `${NOBODYS}.corp.test`, { got: { rcode: 'NXDOMAIN' } });
    const unjudged = asked('a', 'search-domain', `${NOBODYS}.lab.test`, { ...bad('SERVFAIL'), verdict: 'evidence' });
    expect(brief(given('a', ['corp.test', 'lab.test']), honest, unjudged, resolved('a'))).toEqual([]);
  });
});

describe('AAAA that is not answered where A is', () => {
  const pair = asked('a', 'service-external-aaaa', NAME, {
    ...bad('SERVFAIL'),
    asked: { name: NAME, recordType: 'AAAA' },
  });
  const upstream = (role: 'upstream-external-name' | 'upstream-external-aaaa', fields: Dns) =>
    probeOf('dns', {
      role,
      source: at('host', 'a'),
      destination: { ip: '192.0.2.53' },
      asked: { name: NAME },
      ...fields,
    });
  const hasA = upstream('upstream-external-name', {});
  const corefile = (text: string) =>
    fact('corefile', { namespace: 'kube-system', files: { 'coredns/Corefile': text } });

  test('by the resolver of the nodes is named with its address', () => {
    const found = findings(pair, hasA, upstream('upstream-external-aaaa', { ...bad('SERVFAIL'), verdict: 'evidence' }));
    expect(found).toEqual([
      expect.objectContaining({
        code: 'external-aaaa-refused',
        confidence: 'proved',
        title: `AAAA of ${NAME} is answered SERVFAIL by 192.0.2.53, and A is there`,
      }),
    ]);
  });

  test('by the Corefile is named with its line', () => {
    const sound = upstream('upstream-external-aaaa', { got: { rcode: 'NOERROR', answers: [] } });
    const [found] = findings(
      pair,
      hasA,
      sound,
      corefile('.:53 {\n template ANY AAAA {\n rcode SERVFAIL\n }\n forward . 1.1.1.1\n}\n'),
    );
    expect(found).toMatchObject({ code: 'external-aaaa-refused', confidence: 'proved' });
    expect(found?.evidence.map(({ text }) => text)).toContain('the Corefile says: template ANY AAAA');
  });

  test('by nobody that was seen stays a candidate', () => {
    const sound = upstream('upstream-external-aaaa', { got: { rcode: 'NOERROR', answers: [] } });
    const expected = ['candidate external-aaaa-refused kube-system/kube-dns'];
    expect(brief(pair, hasA, sound, corefile('.:53 {\n forward . 1.1.1.1\n}\n'))).toEqual(expected);
    expect(brief(pair)).toEqual(expected);
  });

  test('by a resolver that has A over TCP alone is not proved: UDP may be filtered', () => {
    const byTcp = upstream('upstream-external-name', { asked: { name: NAME, protocol: 'tcp' } });
    const refused = upstream('upstream-external-aaaa', { ...bad('SERVFAIL'), verdict: 'evidence' });
    expect(brief(pair, byTcp, refused)).toEqual(['candidate external-aaaa-refused kube-system/kube-dns']);
  });

  test('that comes to nothing is named while other names are answered, and not where they get lost as well', () => {
    const silent = [
      asked('a', 'service-external-aaaa', NAME, {
        verdict: 'fail',
        errorKind: 'timeout',
        reason: 'no answer',
        got: {},
      }),
    ];
    const other = asked('a', 'service-name', 'kubernetes.default.svc.cluster.local', {
      verdict: 'fail',
      errorKind: 'timeout',
      reason: 'no answer',
      got: {},
    });
    const named = (...more: Observation[]) => brief(silent, ...more).filter((text) => text.includes('external-aaaa'));
    expect([named(), named(other)]).toEqual([['candidate external-aaaa-refused kube-system/kube-dns'], []]);
  });

  test('is not named where A is not there either, or where only the resolver does so', () => {
    const neither = asked('a', 'service-external-aaaa', NAME, { ...bad('SERVFAIL'), verdict: 'evidence' });
    const refused = upstream('upstream-external-aaaa', { ...bad('SERVFAIL'), verdict: 'evidence' });
    expect(brief(neither)).toEqual([]);
    expect(brief(asked('a', 'service-external-aaaa', NAME), hasA, refused)).toEqual([]);
  });
});

test.each([
  ['template IN AAAA {\n rcode SERVFAIL\n }', true],
  ['template ANY AAAA example.test {\n rcode NXDOMAIN\n }', true],
  ['template ANY AAAA other.test {\n rcode NXDOMAIN\n }', false],
  ['template IN AAAA {\n rcode NOERROR\n }', false],
  ['template IN AAAA {\n answer "{{ .Name }} 60 IN AAAA ::1"\n }', false],
  ['template IN A {\n rcode NXDOMAIN\n }', false],
])('a Corefile with %j refuses AAAA of www.example.test: %s', (plugin, refuses) => {
  expect(denyingTemplate(serverBlocks(`.:53 {\n ${plugin}\n}\n`), NAME, ['AAAA']) !== undefined).toBe(refuses);
});
