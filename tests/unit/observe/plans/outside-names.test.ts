import { describe, expect, it, test } from 'vitest';
import type { AgentGot } from '../../../../helpers/model/agent-got.ts';
import type { ResultOf } from '../../../../helpers/observe/planned-probe.ts';
import { planPairs, planResolverNames } from '../../../../helpers/observe/plans/outside-names.ts';
import { dnsService, nodeName, rolesOf, runContext } from '../support/run-context.ts';

const context = (externalName: string | undefined = 'www.example.test') =>
  runContext({ nodes: 2, topology: { dns: dnsService }, externalName });

const result = <Got extends object>(got: Got, error?: ResultOf['error']) => ({
  batch: 'b',
  id: '0',
  attempts: 1,
  succeeded: error ? 0 : 1,
  timesMs: error ? [] : [1],
  durationMs: 1,
  got,
  ...(error && { error }),
});

describe('the name outside of the cluster', () => {
  it('is asked by the resolver of each pod network, and as a pair by Service and node', () => {
    const resolvers = new Map([
      [nodeName(0), ['192.0.2.53', '127.0.0.53']],
      [nodeName(1), ['192.0.2.53', '192.0.2.54']],
    ]);
    expect(rolesOf([...planPairs(context(), resolvers), ...planResolverNames(context(), new Map())])).toEqual({
      'resolver-external-name': 2,
      'service-external-aaaa': 2,
      'upstream-external-aaaa': 3,
    });
  });

  it('is asked by nobody where none is configured', () => {
    const without = runContext({ nodes: 2, topology: { dns: dnsService } });
    expect([...planPairs(without, new Map()), ...planResolverNames(without, new Map())]).toEqual([]);
  });

  it('is asked as it is written and with one final dot', () => {
    const [probe] = planResolverNames(context('www.example.test.'), new Map());
    expect(probe?.specs.map((spec) => 'name' in spec && spec.name)).toEqual(['www.example.test', 'www.example.test.']);
  });
});

describe('what the pod’s own resolver says', () => {
  const found = (...addresses: string[]) => result<AgentGot['resolve']>({ addresses });
  const missing = result<AgentGot['resolve']>({}, { kind: 'other', text: 'there is no such name' });
  const judged = (foreign: string[], ...results: ResultOf<'resolve'>[]): string => {
    const [probe] = planResolverNames(context(), new Map([[nodeName(0), foreign]]));
    const { verdict, reason } = probe?.judge(results) ?? {};
    return `${verdict}${reason === undefined ? '' : `: ${reason}`}`;
  };
  test.each([
    ['the same twice: sound', [], [found('192.0.2.10'), found('192.0.2.10')], 'pass'],
    ['other addresses of one name: sound', [], [found('192.0.2.10'), found('192.0.2.11')], 'pass'],
    [
      'the address of a search domain: wrong',
      ['203.0.113.66'],
      [found('203.0.113.66'), found('192.0.2.10')],
      'fail: answered 203.0.113.66; with a final dot 192.0.2.10',
    ],
    [
      'an address that a search domain has for any name, and this name as well: sound',
      ['192.0.2.10'],
      [found('192.0.2.10'), found('192.0.2.10')],
      'pass',
    ],
    [
      'nothing but with a final dot: wrong',
      [],
      [missing, found('192.0.2.10')],
      'fail: there is no such name; with a final dot it is 192.0.2.10',
    ],
    ['nothing at all: wrong', [], [missing, missing], 'fail: there is no such name'],
  ])('%s', (_, foreign, results, expected) => {
    expect(judged(foreign, ...results)).toBe(expected);
  });
});

describe('A and AAAA', () => {
  const rcode = (text: string) => result<AgentGot['dns']>({ rcode: text }, { kind: 'dns-rcode', text });
  const silence = result<AgentGot['dns']>({}, { kind: 'timeout', text: 'no answer' });
  const answer = (...answers: string[]) => result<AgentGot['dns']>({ rcode: 'NOERROR', answers });
  const judged = (role: string, ...results: ResultOf<'dns'>[]): string => {
    const probes = planPairs(context(), new Map([[nodeName(0), ['192.0.2.53']]]));
    const { verdict, reason } = probes.find((probe) => probe.role === role)?.judge(results) ?? {};
    return `${verdict}${reason === undefined ? '' : `: ${reason}`}`;
  };
  test.each([
    ['both there', [answer('192.0.2.10'), answer('2001:db8::1'), answer('2001:db8::1')], 'pass'],
    ['AAAA without data', [answer('192.0.2.10'), answer(), answer()], 'pass'],
    ['AAAA late once', [answer('192.0.2.10'), silence, answer()], 'pass'],
    [
      'SERVFAIL',
      [answer('192.0.2.10'), rcode('SERVFAIL'), rcode('SERVFAIL')],
      'fail: answered SERVFAIL for AAAA, while A is there',
    ],
    [
      'NXDOMAIN',
      [answer('192.0.2.10'), rcode('NXDOMAIN'), rcode('NXDOMAIN')],
      'fail: answered NXDOMAIN for AAAA, while A is there',
    ],
    ['silence', [answer('192.0.2.10'), silence, silence], 'fail: no answer for AAAA, while A is there'],
    ['neither', [silence, silence, silence], 'evidence: no answer, and A is not there either'],
    [
      'no such name',
      [rcode('NXDOMAIN'), rcode('NXDOMAIN'), rcode('NXDOMAIN')],
      'evidence: answered NXDOMAIN, and A is not there either',
    ],
  ])('of the DNS Service are judged as a pair: %s', (_, results, expected) => {
    expect(judged('service-external-aaaa', ...results)).toBe(expected);
  });

  it('of a resolver outside of the cluster are evidence only', () => {
    const refused = rcode('SERVFAIL');
    expect(judged('upstream-external-aaaa', answer('192.0.2.10'), refused, refused)).toMatch(/^evidence: /);
  });
});
