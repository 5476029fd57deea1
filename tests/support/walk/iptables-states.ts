import * as fc from 'fast-check';
import { matches, protocol } from './iptables-matches.ts';
import { endpoint, mark, oneOf, port } from './pools.ts';

// Random rules in iptables' words, for iptables-restore, with the sets that they ask.

const IPSETS = [
  'create hosts hash:ip',
  'add hosts 10.62.0.2',
  'add hosts 172.20.1.5',
  'create nets hash:net',
  'add nets 10.61.0.0/24',
  'add nets 172.20.0.0/16',
  'create pairs hash:ip,port',
  'add pairs 10.62.0.2,udp:53',
  'add pairs 10.62.0.3,tcp:80',
  'create ways hash:net,iface',
  'add ways 10.61.0.0/24,r0',
  'create numbers bitmap:port range 0-1000',
  'add numbers 53',
  'add numbers 400-500',
];

const verdict = (own: readonly string[], canReject: boolean) =>
  fc.oneof(
    { weight: 5, arbitrary: oneOf(['-j ACCEPT', '-j DROP', '-j RETURN', '']) },
    {
      weight: canReject ? 1 : 0,
      arbitrary: oneOf([
        '-j REJECT',
        '-j REJECT --reject-with icmp-host-prohibited',
        '-j REJECT --reject-with icmp-admin-prohibited',
      ]),
    },
    {
      weight: own.length > 0 ? 3 : 0,
      arbitrary: fc
        .tuple(oneOf(['-j', '-j', '-g']), oneOf(own.length > 0 ? own : ['X']))
        .map((words) => words.join(' ')),
    },
  );
const marking = mark.chain((of) =>
  oneOf([
    `-j MARK --set-xmark ${of}/${of}`,
    `-j MARK --set-xmark ${of}/0xffffffff`,
    '-j CONNMARK --set-xmark 0x1/0xffffffff',
    '-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j MARK --and-mark 0xfffffff0',
  ]),
);

const rules = (chain: string, devices: readonly string[], what: fc.Arbitrary<string>, most = 3) =>
  fc.array(
    fc.tuple(matches(devices), what).map(([all, then]) => `-A ${chain} ${all} ${then}`),
    { maxLength: most, size: 'max' },
  );

const IN = ['-i'];
const OUT = ['-o'];
const BOTH = ['-i', '-o'];
/** Chains of one's own are reached from several hooks, where not both devices may be asked. */
const NEITHER = ['-i'];

const filter = fc
  .record({
    policy: oneOf(['ACCEPT', 'ACCEPT', 'ACCEPT', 'DROP']),
    forward: rules('FORWARD', BOTH, verdict(['USER'], true)),
    input: rules('INPUT', IN, verdict(['USER'], true)),
    output: rules('OUTPUT', OUT, verdict(['USER2'], true)),
    user: rules('USER', NEITHER, verdict(['USER2'], true)),
    user2: rules('USER2', OUT, verdict([], true)).map((all) => all.map((text) => text.replaceAll(/(! )?-o \S+/g, ''))),
  })
  .map(({ policy, forward, input, output, user, user2 }) =>
    [
      '*filter',
      ':INPUT ACCEPT [0:0]',
      `:FORWARD ${policy} [0:0]`,
      ':OUTPUT ACCEPT [0:0]',
      ':USER - [0:0]',
      ':USER2 - [0:0]',
      ...user2,
      ...user,
      ...forward,
      ...input,
      ...output,
      'COMMIT',
    ].join('\n'),
  );

const to = fc.oneof(
  endpoint.map((of) => `-j DNAT --to-destination ${of}`),
  oneOf(['-j SVC', '-j ACCEPT', '-j RETURN']),
);
const service = fc
  .tuple(
    oneOf(['-d 10.96.0.10/32', '-d 10.96.0.11/32', '-m addrtype --dst-type LOCAL']),
    protocol,
    port,
    endpoint,
    port,
  )
  .map(([of, name, at, target, behind]) => `${of} ${name} --dport ${at} -j DNAT --to-destination ${target}:${behind}`);
const svc = fc.constant([
  '-A SVC -j MARK --set-xmark 0x4000/0x4000',
  '-A SVC -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.62.0.2',
  '-A SVC -j DNAT --to-destination 10.63.0.2',
]);
const nat = fc
  .record({
    pre: rules('PREROUTING', IN, to),
    services: fc.array(
      service.map((text) => `-A PREROUTING ${text}`),
      { maxLength: 2, size: 'max' },
    ),
    redirect: oneOf([
      [],
      ['-A PREROUTING -p udp -m udp --dport 53 -j REDIRECT --to-ports 80'],
      ['-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT'],
    ]),
    out: rules('OUTPUT', OUT, to, 2),
    post: rules(
      'POSTROUTING',
      OUT,
      oneOf([
        '-j MASQUERADE',
        '-j MASQUERADE --random-fully',
        '-j SNAT --to-source 10.63.0.1',
        '-j SNAT --to-source 172.20.2.5',
        '-j ACCEPT',
      ]),
    ),
    masq: oneOf([[], ['-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE']]),
    svc,
  })
  .map((all) =>
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':INPUT ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      ':SVC - [0:0]',
      ...all.svc,
      ...all.pre,
      ...all.services,
      ...all.redirect,
      ...all.out,
      ...all.masq,
      ...all.post,
      'COMMIT',
    ].join('\n'),
  );

const mangle = fc
  .record({
    pre: rules('PREROUTING', IN, fc.oneof(marking, oneOf(['-j DROP', '-j ACCEPT'])), 2),
    out: rules('OUTPUT', OUT, marking, 2),
    forward: rules('FORWARD', BOTH, fc.oneof(marking, oneOf(['-j DROP', ''])), 1),
    post: rules('POSTROUTING', OUT, fc.oneof(marking, fc.constant('-j DROP')), 1),
  })
  .map(({ pre, out, forward, post }) =>
    [
      '*mangle',
      ':PREROUTING ACCEPT [0:0]',
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      ...pre,
      ...out,
      ...forward,
      ...post,
      'COMMIT',
    ].join('\n'),
  );

/** Connection tracking knows nothing yet in this table. */
const raw = oneOf([
  '-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack',
  '-A PREROUTING -s 172.20.1.5/32 -j DROP',
  '-A OUTPUT -d 172.20.0.0/16 -j CT --notrack',
  '-A PREROUTING -m set --match-set nets src',
]).map((rule) => ['*raw', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', rule, 'COMMIT'].join('\n'));

const rarely = (table: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), table);

export const iptablesRules: fc.Arbitrary<{ iptables: string; ipsets: string[] }> = fc
  .tuple(rarely(raw), rarely(mangle), rarely(nat), rarely(filter))
  .map((tables) => ({ iptables: tables.filter((table) => table !== '').join('\n'), ipsets: IPSETS }));
