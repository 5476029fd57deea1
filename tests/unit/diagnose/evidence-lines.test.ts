import { describe, expect, it } from 'vitest';
import { evidenceLines } from '../../../helpers/diagnose/evidence-lines.ts';
import { placeOf, say } from '../../../helpers/diagnose/evidence/support.ts';

const lines = (...places: ReturnType<typeof say>[][]) => evidenceLines(places, ['a', 'b', 'c']);

describe('the evidence of a finding at several places', () => {
  it('is one line a kind, in the order that each place gives, and cites all that says so', () => {
    const at = (node: string, sent: number) => [
      say(`TCP 10250 of ${node} answers`, `t-${node}`),
      say(`100 left for ${node}, ${sent} were sent`, `s-${node}`),
    ];
    expect(lines(at('b', 150), at('c', 151))).toEqual([
      { text: 'TCP 10250 of b answers; likewise 1 more', observations: ['t-b', 't-c'] },
      { text: '100 left for b, 150 were sent; likewise 1 more', observations: ['s-b', 's-c'] },
    ]);
  });

  it('keeps what is decisive first where a place lacks it', () => {
    const burst = (node: string) => say(`100 left for ${node}`, `s-${node}`);
    expect(lines([burst('a')], [say('TCP 10250 of b answers', 't'), burst('b')]).map(({ text }) => text)).toEqual([
      'TCP 10250 of b answers',
      '100 left for a; likewise 1 more',
    ]);
  });
});

describe('several ordered pairs', () => {
  const place = (...pairs: string[]) => placeOf(pairs.map(([from, to]) => ({ from, to })));

  it.each([
    ['a to b', ['ab']],
    ['from a and c to b', ['ab', 'cb']],
    ['from a to b and c', ['ab', 'ac']],
    ['between a, b and c, both ways', ['ab', 'ba', 'ac', 'ca', 'bc', 'cb']],
    ['from and to b', ['ab', 'ba', 'bc', 'cb']],
    ['3 ordered pairs of nodes', ['ab', 'bc', 'ca']],
  ])('are called %s', (text, pairs) => {
    expect(place(...pairs)).toBe(text);
  });
});
