import { describe, expect, it, test } from 'vitest';
import type { AgentGot } from '../../../../helpers/model/agent-got.ts';
import type { Resolv } from '../../../../helpers/model/facts/agent.ts';
import type { ResultOf } from '../../../../helpers/observe/planned-probe.ts';
import { foreignDomains, ndotsOf, planSearchDomains } from '../../../../helpers/observe/plans/search-domains.ts';
import { dnsService, nodeName, runContext } from '../support/run-context.ts';

const CLUSTER = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
const resolv = (search: string[], options = ['ndots:5']): Resolv => ({
  nameservers: ['10.43.0.10'],
  search: [...CLUSTER, ...search],
  options,
});
const context = (externalName?: string) => runContext({ nodes: 2, topology: { dns: dnsService }, externalName });
const plan = (given: Resolv, externalName?: string) =>
  planSearchDomains(context(externalName), new Map([[nodeName(1), given]]), 'cluster.local');

/** One answer of a name server. */
const reply = (got: AgentGot['dns'], error?: ResultOf['error']): ResultOf<'dns'> => ({
  batch: 'b',
  id: '0',
  attempts: 1,
  succeeded: error ? 0 : 1,
  timesMs: error ? [] : [1],
  durationMs: 1,
  got,
  ...(error && { error }),
});
const rcode = (name: string) => reply({ rcode: name, answers: [] }, { kind: 'dns-rcode', text: name });
const silence = reply({}, { kind: 'timeout', text: 'no answer' });
const nothing = reply({ rcode: 'NOERROR', answers: [] });
const address = (text: string) => reply({ rcode: 'NOERROR', answers: [text] });

/** How the answers to a name that nobody has are judged, with that to the external name last. */
const judged = (options: string[], ...results: ResultOf<'dns'>[]): string => {
  const [probe] = plan(resolv(['corp.test'], options), 'www.example.test');
  const { verdict, reason } = probe?.judge(results) ?? {};
  return `${verdict}${reason === undefined ? '' : `: ${reason}`}`;
};

describe('the search domains of pods', () => {
  it('that are not the cluster’s are asked each for a name that nobody has, and the name alone beside them', () => {
    const probes = plan(resolv(['Corp.Test.', 'lab.test', '.', 'corp.test']));
    const nobodys = 'netwright-20260101-000000-0000.invalid';
    expect(probes.map(({ role, source, asked }) => [role, source.node, 'name' in asked && asked.name])).toEqual([
      ['search-domain', 'node-1', `${nobodys}.corp.test`],
      ['search-domain', 'node-1', `${nobodys}.lab.test`],
      ['absent-name', 'node-1', nobodys],
    ]);
    expect(probes[0]?.crosses).toMatchObject({ service: 'kube-system/kube-dns', dns: true, external: true });
  });

  it('are asked for nothing where pods have none but the cluster’s', () => {
    expect(plan(resolv([]))).toEqual([]);
    expect(plan(resolv(['.']))).toEqual([]);
  });

  it('are read with another cluster domain, and six of them at most', () => {
    const many = Array.from({ length: 9 }, (_, index) => `d${index}.test`);
    const search = ['svc.corp.test', 'corp.test', 'test', ...many];
    expect(foreignDomains({ nameservers: [], search, options: [] }, 'corp.test')).toEqual([
      'test',
      ...many.slice(0, 5),
    ]);
  });
});

test.each([
  [['ndots:5'], 5],
  [['rotate', 'single-request-reopen', 'edns0'], 1],
  [['ndots:2', 'ndots:3'], 3],
  [['ndots:'], 1],
])('options %j have names with fewer dots than %i searched first', (options, ndots) => {
  expect(ndotsOf(resolv([], options))).toBe(ndots);
});

describe('an answer for a name that nobody has', () => {
  const there = address('192.0.2.10');
  test.each([
    ['is not there: sound', ['ndots:5'], [rcode('NXDOMAIN'), rcode('NXDOMAIN'), there], 'pass'],
    ['has no data: sound', ['ndots:5'], [nothing, nothing, there], 'pass'],
    ['came at the second time only: sound', ['ndots:5'], [silence, rcode('NXDOMAIN'), there], 'pass'],
    [
      'is an address: wrong',
      ['ndots:5'],
      [address('203.0.113.66'), address('203.0.113.66'), there],
      'fail: answered 203.0.113.66 for a name that nobody has',
    ],
    [
      'is an address that nobody meets, as names are asked first without the domain: not judged',
      ['ndots:1'],
      [address('203.0.113.66'), address('203.0.113.66'), there],
      'evidence: answered 203.0.113.66 for a name that nobody has',
    ],
    [
      'is SERVFAIL where other names are answered: wrong',
      ['ndots:5'],
      [rcode('SERVFAIL'), rcode('SERVFAIL'), there],
      'fail: answered SERVFAIL',
    ],
    ['is silence where other names are answered: wrong', ['ndots:5'], [silence, silence, there], 'fail: no answer'],
    [
      'is SERVFAIL, as for any name outside: not judged',
      ['ndots:5'],
      [rcode('SERVFAIL'), rcode('SERVFAIL'), rcode('SERVFAIL')],
      'evidence: answered SERVFAIL',
    ],
    [
      'is SERVFAIL, and no other name was asked: not judged',
      ['ndots:5'],
      [rcode('SERVFAIL'), rcode('SERVFAIL')],
      'evidence: answered SERVFAIL',
    ],
  ])('that %s', (_, options, results, expected) => {
    expect(judged(options, ...results)).toBe(expected);
  });

  it('that the agent could not ask for is not observed', () => {
    const unasked = reply({}, { kind: 'not-observed', text: 'no socket' });
    expect(judged(['ndots:5'], unasked, unasked, unasked)).toBe('inconclusive: no socket');
  });
});
