import * as fc from 'fast-check';
import { matches, type Hook } from './nft-matches.ts';
import { endpoint, mark, oneOf, port } from './pools.ts';

// Random rules in nft's own words. All have a counter behind their matches.

const plain = (jumps: readonly string[]) =>
  fc.oneof(
    { weight: 4, arbitrary: oneOf(['accept', 'drop', 'return', '']) },
    { weight: 1, arbitrary: fc.constant('reject') },
    {
      weight: jumps.length > 0 ? 3 : 0,
      arbitrary:
        jumps.length > 0
          ? fc.tuple(oneOf(['jump', 'jump', 'goto']), oneOf(jumps)).map((words) => words.join(' '))
          : fc.constant(''),
    },
  );

const statement = (jumps: readonly string[], canReject: boolean) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: plain(jumps).map((word) => (word !== 'reject' || canReject ? word : 'drop')),
    },
    {
      weight: canReject ? 1 : 0,
      arbitrary: oneOf([
        'reject with icmp type host-prohibited',
        'reject with icmp type admin-prohibited',
        'meta l4proto tcp reject with tcp reset',
      ]),
    },
    {
      weight: 2,
      arbitrary: mark.chain((of) =>
        oneOf([
          `meta mark set ${of}`,
          `meta mark set meta mark | ${of}`,
          `meta mark set meta mark ^ ${of}`,
          `ct mark set ${of}`,
          'meta mark set meta mark & 0xfff0',
          'ct mark set meta mark',
          'meta mark set ct mark',
        ]),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(plain(jumps), plain(jumps), oneOf(['udp dport', 'tcp dport', 'th dport']))
        .map(([one, other, of]) => {
          const [first, second] = [one, other].map((word) => (word === '' || word === 'reject' ? 'continue' : word));
          const before = of === 'th dport' ? 'meta l4proto { tcp, udp } ' : '';
          return `${before}${of} vmap { 53 : ${first}, 80-500 : ${second}, 8472 : drop }`;
        }),
    },
    {
      weight: 1,
      arbitrary: oneOf([
        'ip daddr vmap @verdicts',
        'ct state vmap { established : accept, invalid : drop }',
        'numgen random mod 2 vmap { 0 : accept, 1 : drop }',
      ]),
    },
  );

/** The protocol that a part of a rule is about; nft takes one a rule. */
function protocolOf(part: string): string | undefined {
  const [, payload, meta] =
    /(?:^|[ .])(tcp|udp) (?:dport|flags)|^(?:meta l4proto|ip protocol) (?:!= )?(tcp|udp|icmp)\b/.exec(part) ?? [];
  return payload ?? meta ?? (/th dport|l4proto \{/.test(part) ? 'any' : undefined);
}
function ofOneProtocol(parts: readonly string[], last: string): string[] {
  const protocols = [last, ...parts].map(protocolOf);
  const first = protocols.find((protocol) => protocol !== undefined);
  return parts.filter((part) => [undefined, first].includes(protocolOf(part)));
}

/** A rule with its counter between its matches and what it does. */
const rule = (hook: Hook | undefined, jumps: readonly string[], canReject: boolean) =>
  fc.tuple(matches(hook), statement(jumps, canReject)).map(([all, what]) => {
    // A match that the statement begins with belongs before the counter.
    const [, first = '', last = what] = /^(meta l4proto (?:tcp|\{ tcp, udp \}) )(.*)$/.exec(what) ?? [];
    return `${ofOneProtocol(all, what).join(' ')} ${first} counter ${last}`;
  });

const natMatches = (last: string) => matches().map((all) => ofOneProtocol(all, last).join(' '));

const natTo = fc.oneof(
  fc.tuple(natMatches(''), endpoint).map(([all, to]) => `${all} counter dnat to ${to}`),
  oneOf(['meta l4proto tcp', 'meta l4proto udp', 'meta l4proto { tcp, udp }']).chain((of) =>
    fc.tuple(natMatches(of), endpoint, port).map(([all, to, at]) => `${all} ${of} counter dnat to ${to}:${at}`),
  ),
  fc
    .tuple(
      oneOf([
        'ip daddr 10.96.0.10 meta l4proto { tcp, udp }',
        'ip daddr 10.96.0.11 udp dport 53',
        'fib daddr type local tcp dport 30080',
      ]),
      endpoint,
      port,
    )
    .map(([all, to, at]) => `${all} counter dnat to ${to}:${at}`),
  oneOf([
    'ip daddr 10.96.0.10 counter numgen random mod 2 vmap { 0 : goto ep0, 1 : goto ep1 }',
    'ip daddr . meta l4proto . th dport vmap @services',
    'udp dport 53 counter redirect to :80',
    'tcp dport 80 counter redirect',
    'ip daddr 10.96.0.11 counter dnat to ip daddr map { 10.96.0.11 : 10.62.0.3 }',
  ]),
);
const natFrom = fc.oneof(
  natMatches('').map((all) => `${all} counter masquerade`),
  fc
    .tuple(natMatches(''), oneOf(['10.63.0.1', '172.20.2.5', '10.61.0.1']))
    .map(([all, to]) => `${all} counter snat to ${to}`),
  oneOf([
    'meta mark & 0x4000 == 0x4000 counter masquerade',
    'ip saddr 10.61.0.0/24 ip daddr != 10.61.0.0/24 counter masquerade fully-random',
    'oifname "r1" counter masquerade',
  ]),
);

const few = <T>(arbitrary: fc.Arbitrary<T>, most: number) => fc.array(arbitrary, { maxLength: most, size: 'max' });

const SETS = `
  set hosts { type ipv4_addr; elements = { 10.62.0.2, 172.20.1.5, 10.96.0.10 } }
  set nets { type ipv4_addr; flags interval; elements = { 10.61.0.0/24, 172.20.0.0/16 } }
  set ports { type inet_service; flags interval; elements = { 53, 400-500 } }
  set pairs { type ipv4_addr . inet_service; elements = { 10.62.0.2 . 53, 172.20.1.5 . 80 } }
  map verdicts { type ipv4_addr : verdict; elements = { 10.62.0.2 : drop, 10.63.0.2 : accept, 172.20.1.5 : jump v0 } }`;

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
/** None is that of another: the order of two alike is not in the state. */
const PRIORITY = fc
  .integer({ min: -350, max: 250 })
  .filter((value) => ![-300, -200, -150, -100, 0, 50, 100].includes(value));

const baseChain = (name: string) =>
  oneOf(HOOKS).chain((hook) =>
    fc
      .record({
        priority: PRIORITY,
        policy: oneOf(['accept', 'accept', 'accept', 'accept', 'accept', 'drop']),
        type: hook === 'output' ? oneOf(['filter', 'route']) : fc.constant('filter'),
        rules: few(rule(hook, ['u0', 'u1'], hook !== 'postrouting'), 4),
        isUntracking: fc.integer({ min: 0, max: 12 }).map((at) => at === 0),
      })
      .map(({ priority, policy, type, rules, isUntracking }) => {
        const notrack = isUntracking && (hook === 'prerouting' || hook === 'output') && priority < -200;
        return `chain ${name} { type ${type} hook ${hook} priority ${priority}; policy ${policy};
    ${[...(notrack ? ['udp dport 53 counter notrack'] : []), ...rules].join('\n    ')}
  }`;
      }),
  );

const natChain = (name: string, hook: Hook, of: fc.Arbitrary<string>, priority: number) =>
  few(of, 3).map((rules) =>
    rules.length === 0
      ? ''
      : `chain ${name} { type nat hook ${hook} priority ${priority};
    ${rules.join('\n    ')}
  }`,
  );

const tableOf = (family: 'ip' | 'inet') =>
  fc
    .record({
      inner: few(rule(undefined, [], false), 3),
      outer: few(rule(undefined, ['u1'], false), 3),
      chains: fc.tuple(baseChain('b0'), baseChain('b1'), baseChain('b2')),
      last: fc.integer({ min: 1, max: 3 }),
      to: natChain('to', 'prerouting', natTo, -110),
      own: natChain('own', 'output', natTo, -110),
      from: natChain('src', 'postrouting', natFrom, 110),
      hasNat: fc.boolean(),
    })
    .map(({ inner, outer, chains, last, to, own, from, hasNat }) => {
      const nat = hasNat ? `${to}\n  ${own}\n  ${from}` : '';
      return `table ${family} t_${family} { ${SETS}
  map services { type ipv4_addr . inet_proto . inet_service : verdict;
    elements = { 10.96.0.10 . udp . 53 : goto ep0, 10.96.0.11 . tcp . 80 : goto ep1 } }
  chain v0 { udp dport 53 counter drop; }
  chain ep0 { meta l4proto { tcp, udp } counter dnat ${family === 'inet' ? 'ip ' : ''}to 10.62.0.2:53; }
  chain ep1 { meta l4proto { tcp, udp } counter dnat ${family === 'inet' ? 'ip ' : ''}to 10.63.0.2:80; }
  chain u1 { ${inner.join('\n    ')}
  }
  chain u0 { ${outer.join('\n    ')}
  }
  ${chains.slice(0, last).join('\n  ')}
  ${family === 'inet' ? nat.replaceAll('nat to', 'nat ip to') : nat}
}`;
    });

/** A table of one family or the other. */
export const nftRules: fc.Arbitrary<string> = oneOf(['ip', 'inet'] as const).chain(tableOf);
