import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rulesetSchema, type Rule } from '../../../../helpers/model/firewall.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';

const read = (...expr: object[]): Rule | undefined =>
  readNftRuleset({ nftables: [{ rule: { family: 'ip', table: 't', chain: 'c', handle: 4, expr } }] }).rules[0];
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const tcp = (field: string) => ({ payload: { protocol: 'tcp', field } });
const counter = { counter: { packets: 9, bytes: 540 } };

describe('a rule of nft -j', () => {
  test.each([
    ['a port', match(tcp('dport'), 80), { kind: 'is', of: [{ field: 'tcp dport' }], values: [80] }],
    [
      'ports in a set of its own',
      match(tcp('dport'), { set: [22, { range: [1000, 2000] }] }, '!='),
      { kind: 'is', of: [{ field: 'tcp dport' }], not: true, values: [22, { from: 1000, to: 2000 }] },
    ],
    [
      'a range of addresses',
      match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '10.0.0.0', len: 8 } }),
      { kind: 'is', of: [{ field: 'ip saddr' }], values: ['10.0.0.0/8'] },
    ],
    [
      'a set with a name',
      match({ payload: { protocol: 'ip', field: 'saddr' } }, '@bad'),
      { kind: 'in-set', of: [{ field: 'ip saddr' }], set: 'bad' },
    ],
    [
      'a bit of the mark',
      match({ '&': [{ meta: { key: 'mark' } }, 16_384] }, 0),
      { kind: 'is', of: [{ field: 'meta mark', mask: 16_384 }], values: [0] },
    ],
    [
      'SYN among the flags',
      match(tcp('flags'), 'syn', 'in'),
      { kind: 'is', of: [{ field: 'tcp flags', mask: 2 }], not: true, values: [0] },
    ],
    [
      'low ports',
      match(tcp('sport'), 1024, '<'),
      { kind: 'is', of: [{ field: 'tcp sport' }], values: [{ from: 0, to: 1023 }] },
    ],
    [
      'a destination as connection tracking first saw it',
      match({ ct: { key: 'ip daddr', dir: 'original' } }, '10.0.0.1'),
      { kind: 'is', of: [{ field: 'ct original daddr' }], values: ['10.0.0.1'] },
    ],
  ])('asks for %s', (_, expression, matches) => {
    expect(read(expression, { drop: null })).toMatchObject({
      matches: [matches],
      verdict: { kind: 'drop' },
      handle: 4,
    });
  });

  test.each([
    ['a field without a name', match({ payload: { base: 'th', offset: 0, len: 16 } }, 53)],
    ["iptables' own module", { xt: { type: 'match', name: 'bpf' } }],
    ['a socket', match({ socket: { key: 'transparent' } }, 1)],
    ['bits that must all be set', match({ ct: { key: 'status' } }, ['dnat', 'seen-reply'])],
  ])('with %s has a match that is not known', (_, expression) => {
    expect(read(expression, { drop: null })?.matches).toEqual([{ kind: 'unknown', text: expect.any(String) }]);
  });

  test('has a counter only where it stands behind all matches', () => {
    expect(read(match(tcp('dport'), 80), counter, { drop: null })?.counter).toEqual({ packets: 9, bytes: 540 });
    expect(read(counter, match(tcp('dport'), 80), { drop: null })?.counter).toBeUndefined();
  });

  test('that looks at a mark which it has set before cannot be told', () => {
    const set = { mangle: { key: { meta: { key: 'mark' } }, value: 1 } };
    expect(read(set, match({ meta: { key: 'mark' } }, 1), { drop: null })?.matches).toContainEqual({
      kind: 'unknown',
      text: 'a match after a change',
    });
  });

  test.each([
    [{ '|': [{ meta: { key: 'mark' } }, 0x4000] }, 0xffffbfff, 0x4000],
    [{ '^': [{ meta: { key: 'mark' } }, 0x4000] }, 0xffffffff, 0x4000],
    [{ '|': [{ '&': [{ meta: { key: 'mark' } }, 0xffff00ff] }, 0x100] }, 0xffff00ff & ~0x100, 0x100],
    [5, 0, 5],
  ])('that sets the mark to %j keeps and turns those bits', (value, and, xor) => {
    expect(read({ mangle: { key: { meta: { key: 'mark' } }, value } })?.statements).toEqual([
      { kind: 'mark', of: 'meta mark', from: 'meta mark', and: and >>> 0, xor },
    ]);
  });
});

describe('a ruleset of nft -j', () => {
  test('leaves out tables that are switched off', () => {
    const { chains, rules } = readNftRuleset({
      nftables: [
        { table: { family: 'ip', name: 't', flags: ['dormant'] } },
        { chain: { family: 'ip', table: 't', name: 'c', hook: 'input', policy: 'drop' } },
        { rule: { family: 'ip', table: 't', chain: 'c', expr: [{ drop: null }] } },
      ],
    });
    expect([chains, rules]).toEqual([[], []]);
  });

  test('of another shape is refused with the field that is wrong', () => {
    expect(() => readNftRuleset({ nftables: [{ chain: { family: 'ip', table: 't', name: 5 } }] })).toThrow(/^name: /);
  });
});

describe('one rule of every kind that nft 1.0.6 wrote', () => {
  const printed: unknown = JSON.parse(readFileSync(new URL('corpus/nft-statements.json', import.meta.url), 'utf8'));
  const ruleset = readNftRuleset(printed);

  test('is known, but for those that the model leaves open on purpose', () => {
    const open = ruleset.rules.flatMap(({ matches, statements, verdict, text }) =>
      [...matches, ...statements, ...(verdict ? [verdict] : [])].some(({ kind }) => kind === 'unknown') ? [text] : [],
    );
    expect(open).toEqual(['jhash ip saddr mod 2 vmap { 0 : accept }']);
  });

  test('has the shape of the model, and comes back from JSON unchanged', () => {
    expect(rulesetSchema.parse(JSON.parse(JSON.stringify(ruleset)))).toEqual(JSON.parse(JSON.stringify(ruleset)));
  });

  test('is said in words where its match has no place in the model', () => {
    const drop = (...expr: object[]) => ({
      rule: { family: 'inet', table: 't', chain: 'c', expr: [...expr, { drop: null }] },
    });
    const { rules } = readNftRuleset({
      nftables: [
        drop({ quota: { val: 1, val_unit: 'bytes', inv: true } }),
        drop({ 'ct count': { val: 5, inv: true } }),
        drop({ match: { op: '==', left: { payload: { base: 'nh', offset: 128, len: 24 } }, right: 666_112 } }),
      ],
    });
    expect(rules.map(({ text }) => text)).toEqual([
      'quota over 1 bytes drop',
      'ct count over 5 drop',
      '@nh,128,24 666112 drop',
    ]);
  });

  test('is said in words', () => {
    expect(ruleset.rules.filter((_, at) => at % 11 === 0).map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "ct state invalid drop",
        "ip protocol icmp ct original daddr 10.1.1.1 ct original proto-dst 80 accept",
        "ct status dnat accept",
        "iif lo accept",
        "ip saddr 10.0.0.0-10.0.0.9 drop",
        "counter name c1 drop",
        "meta protocol ip drop",
        "masquerade",
      ]
    `);
  });

  test('keeps sets and maps with their elements', () => {
    expect(ruleset.sets.find(({ name }) => name === 'vm')).toMatchObject({
      map: 'verdict',
      elements: [{ value: '10.43.0.9', verdict: { kind: 'drop' }, comment: 'x/y:z' }],
    });
    expect(ruleset.sets.find(({ name }) => name === 'aff')).toMatchObject({ dynamic: true });
  });
});
