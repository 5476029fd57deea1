import { expect, test } from 'vitest';
import type { CatalogueEntry } from '../../../helpers/diagnose/entry.ts';
import type { Placed } from '../../../helpers/diagnose/fold.ts';
import { requestsFor } from '../../../helpers/diagnose/requests.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import { candidateAt, causeOf } from '../../support/causes.ts';
import { CLUSTER, failing, fact, podToPod, run, unread } from '../../support/cluster.ts';

const view = viewOf(run(CLUSTER));
const placed = (entry: CatalogueEntry): Placed[] =>
  entry.match(view).map((match) => ({ entry, match, order: 0, explains: [] }));

const byRules = causeOf('by-rules', [candidateAt('b')], { sets: ['iptables-save', 'ip-rule'] });
const byLinks = causeOf('by-links', [candidateAt('a')], { sets: ['ip-link'] });
const log = { kind: 'pod-log', namespace: 'kube-system', pod: 'coredns-1', why: 'it says why it ends' } as const;

test('a candidate has its node read, with all that any cause is told by, in one session', () => {
  expect(requestsFor(view, placed(byRules), [byRules, byLinks])).toEqual([
    { kind: 'ssh-facts', node: 'b', sets: ['ip-link', 'ip-rule', 'iptables-save'], why: 'to tell apart: by-rules' },
  ]);
});

test('a node is read for the candidates at it that would be settled, and also where the place names others', () => {
  const between = causeOf('between', [candidateAt('a', [], { nodes: ['c'] })], { sets: ['ip-neigh'] });
  const requests = requestsFor(view, [...placed(byLinks), ...placed(between)], [byLinks, between]);
  expect(requests.map((request) => request.kind === 'ssh-facts' && `${request.node}: ${request.why}`)).toEqual([
    'a: to tell apart: between, by-links',
    'c: to tell apart: between',
  ]);
});

test('a node is not read where nothing would settle its candidates, or all was tried, if in vain', () => {
  const settled = viewOf(run(CLUSTER, unread('ssh/ip-link', 'refused', 'a')));
  expect(requestsFor(settled, placed(byLinks), [byLinks])).toEqual([]);
  expect(requestsFor(view, placed(causeOf('no-sets', [candidateAt('a')])), [byLinks])).toEqual([]);
});

test('a log that a candidate asks for is read once', () => {
  const looping = causeOf('looping', [
    candidateAt('a', [], { requests: [log] }),
    candidateAt('b', [], { requests: [log] }),
  ]);
  expect(requestsFor(view, placed(looping), [looping])).toEqual([log]);
});

test('a cause may have a node read of which no candidate was found, until that was tried', () => {
  const asking = causeOf('asking', [], {
    asks: () => [{ kind: 'ssh-facts', node: 'c', sets: ['conntrack-udp'], why: 'a replica is new' }],
  });
  expect(requestsFor(view, [], [asking])).toMatchObject([{ node: 'c', sets: ['conntrack-udp'] }]);
  expect(requestsFor(viewOf(run(CLUSTER, fact('ssh/conntrack-udp', [], 'c'))), [], [asking])).toEqual([]);
});

test('of many nodes and logs eight are read at most', () => {
  const many = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const everywhere = causeOf(
    'everywhere',
    many.map((node) => candidateAt(node, [], { requests: [{ ...log, pod: `pod-${node}` }] })),
    { sets: ['ip-link'] },
  );
  const kinds = requestsFor(view, placed(everywhere), [everywhere]).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'ssh-facts')).toHaveLength(8);
  expect(kinds.filter((kind) => kind === 'pod-log')).toHaveLength(8);
});

test('nodes that failures without a proved cause have in common are read, and no others', () => {
  const lost = (from: string, to: string, succeeded = 0) => podToPod(from, to, { ...failing('timeout'), succeeded });
  const left = [lost('a', 'b'), lost('a', 'c'), lost('b', 'a'), lost('c', 'd', 1), lost('d', 'e', 2)];
  expect(requestsFor(view, [], [byRules], left)).toMatchObject([
    { node: 'a', sets: ['iptables-save', 'ip-rule'].toSorted(), why: 'to tell apart: what no proved cause explains' },
    { node: 'b' },
  ]);
});

test('of a single failure without a proved cause both ends are read', () => {
  expect(requestsFor(view, [], [byRules], [podToPod('a', 'b', failing('timeout'))])).toMatchObject([
    { node: 'a' },
    { node: 'b' },
  ]);
});
