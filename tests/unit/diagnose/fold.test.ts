import { describe, expect, test } from 'vitest';
import type { CatalogueEntry } from '../../../helpers/diagnose/entry.ts';
import { fold } from '../../../helpers/diagnose/fold.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import { candidateAt, causeOf, provedAt } from '../../support/causes.ts';
import { CLUSTER, cutOff, podToPod, run } from '../../support/cluster.ts';

const observations = run(cutOff('a', 'b'), cutOff('a', 'c'), CLUSTER);
/** The ids of the failed probes: two between a and b, two between a and c. */
const [ab, ba, ac, ca] = observations.map(({ id }) => id) as [string, string, string, string];
const view = viewOf(observations);

/** What is kept, and what each explains: `proved x > y, z`. */
const kept = (...catalogue: CatalogueEntry[]): string[] =>
  fold(view, catalogue).map(
    ({ entry, match, explains }) =>
      `${match.confidence} ${entry.code}${explains.length > 0 ? ` > ${explains.join(', ')}` : ''}`,
  );

describe('proved causes', () => {
  const root = causeOf('root', [provedAt('a', [ab, ba], { impact: [{ kind: 'node', node: 'a' }] })], { layer: 'node' });

  test('a proved cause is kept beside another proved one that it does not depend on', () => {
    expect(kept(root, causeOf('other', [provedAt('a', [ab])]))).toEqual(['proved root', 'proved other']);
  });

  test('a proved cause is folded under one that it depends on and that accounts for all of its probes', () => {
    expect(kept(root, causeOf('effect', [provedAt('b', [ab, ac])], { dependsOn: [root] }))).toEqual([
      'proved root > effect',
    ]);
  });

  test('a proved cause is kept where one that it depends on leaves a probe of its own unexplained', () => {
    const narrow = causeOf('narrow', [provedAt('a', [ab])], { layer: 'node' });
    expect(kept(narrow, causeOf('effect', [provedAt('b', [ab, ac])], { dependsOn: [narrow] }))).toEqual([
      'proved narrow',
      'proved effect',
    ]);
  });

  test('a proved cause without probes is folded under one that it depends on at the same node, and at no other', () => {
    const effect = causeOf('effect', [provedAt('a'), provedAt('c')], { dependsOn: [root] });
    expect(kept(root, effect)).toEqual(['proved root > effect', 'proved effect']);
  });

  test('a proved cause yields to a proved one of its own layer', () => {
    const nearer = causeOf('nearer', [provedAt('a', [ab, ba])]);
    expect(kept(nearer, causeOf('effect', [provedAt('a', [ab])], { yieldsTo: [nearer] }))).toEqual([
      'proved nearer > effect',
    ]);
  });

  test('a proved cause at the end of a chain is named by its first cause, as the middle one is', () => {
    const middle = causeOf('middle', [provedAt('a', [ab, ba])], { dependsOn: [root] });
    const last = causeOf('last', [provedAt('b', [ab])], { layer: 'service', dependsOn: [middle] });
    expect(kept(root, middle, last)).toEqual(['proved root > middle, last']);
  });
});

describe('what rests on evidence alone', () => {
  const closed = run({ ...podToPod('a', 'b'), verdict: 'evidence' }, CLUSTER);
  const [id] = closed.map((each) => each.id) as [string];

  test('a cause of which no judged probe failed is kept in neither form', () => {
    const catalogue = [causeOf('likely', [candidateAt('a', [id])]), causeOf('sure', [provedAt('a', [id])])];
    expect(fold(viewOf(closed), catalogue)).toEqual([]);
  });
});

describe('candidates', () => {
  const proved = causeOf('proved', [provedAt('a', [ab, ba])], { layer: 'overlay' });

  test('a candidate falls away where proved causes account for all of its probes, its own causes or not', () => {
    expect(kept(proved, causeOf('maybe', [candidateAt('a', [ab])]))).toEqual(['proved proved']);
    const known = causeOf('known', [candidateAt('a', [ab])], { dependsOn: [proved] });
    expect(kept(proved, known)).toEqual(['proved proved > known']);
  });

  test('a candidate is kept where one of its probes has no proved cause', () => {
    expect(kept(proved, causeOf('maybe', [candidateAt('a', [ab, ac])]))).toEqual(['proved proved', 'candidate maybe']);
  });

  test('a candidate falls away where two proved causes account for its probes together', () => {
    const second = causeOf('second', [provedAt('c', [ac, ca])], { layer: 'overlay' });
    expect(kept(proved, second, causeOf('maybe', [candidateAt('a', [ab, ac])]))).toEqual([
      'proved proved',
      'proved second',
    ]);
  });

  test('a candidate is folded under one that it depends on, and is a rival of one that it would yield to', () => {
    const earlier = causeOf('earlier', [candidateAt('a', [ab, ba])], { layer: 'overlay' });
    expect(kept(earlier, causeOf('effect', [candidateAt('a', [ab])], { dependsOn: [earlier] }))).toEqual([
      'candidate earlier > effect',
    ]);
    const peer = causeOf('peer', [candidateAt('a', [ab, ba])]);
    expect(kept(peer, causeOf('rival', [candidateAt('a', [ab])], { yieldsTo: [peer] }))).toEqual([
      'candidate peer',
      'candidate rival',
    ]);
  });

  test('a candidate that rests on facts alone is kept whatever is proved', () => {
    expect(kept(proved, causeOf('facts', [candidateAt('a')]))).toEqual(['proved proved', 'candidate facts']);
  });
});

describe('the rest', () => {
  const open = causeOf('open', [candidateAt('a', [ab, ac])], { layer: 'undetermined' });

  test('what cannot be determined is said where some probe has no cause at all', () => {
    expect(kept(open, causeOf('proved', [provedAt('a', [ab])]))).toEqual(['proved proved', 'candidate open']);
  });

  test('what cannot be determined is not said where every probe has a cause, if only a candidate', () => {
    expect(kept(open, causeOf('maybe', [candidateAt('a', [ab, ac])]))).toEqual(['candidate maybe']);
  });
});
