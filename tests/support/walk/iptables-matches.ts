import * as fc from 'fast-check';
import { address, mark, negated, oneOf, port, prefix } from './pools.ts';

// What random rules of iptables ask.

export const protocol = oneOf(['-p udp -m udp', '-p tcp -m tcp']);
const match = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(oneOf(['-s', '-d']), fc.oneof(address, prefix))
      .chain(([side, of]) => (of === '0.0.0.0/0' ? fc.constant(`${side} ${of}`) : negated(`${side} ${of}`))),
  },
  { weight: 4, arbitrary: fc.tuple(protocol, port).map(([name, at]) => `${name} --dport ${at}`) },
  { weight: 1, arbitrary: protocol.map((name) => `${name} --dport 1:100`) },
  { weight: 1, arbitrary: protocol.map((name) => `${name} ! --dport 53`) },
  {
    weight: 2,
    arbitrary: oneOf([
      '-p udp -m multiport --dports 53,8472',
      '-p tcp -m multiport ! --dports 80,443',
      '-p tcp -m multiport --dports 1:100,30080',
      '-p tcp -m multiport --ports 80',
    ]),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(
      oneOf(['NEW', 'ESTABLISHED', 'RELATED,ESTABLISHED', 'INVALID', 'DNAT', 'NEW,DNAT', 'UNTRACKED'])
        .chain((states) => negated(`--ctstate ${states}`))
        .map((text) => `-m conntrack ${text}`),
    ),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      '-m conntrack --ctdir ORIGINAL',
      '-m conntrack --ctorigdst 10.96.0.10',
      '-m conntrack --ctorigdstport 80',
      '-m conntrack --ctstatus SEEN_REPLY',
      '-m state --state NEW',
      '-m conntrack --ctproto 17',
    ]),
  },
  {
    weight: 2,
    arbitrary: oneOf(['LOCAL', 'UNICAST', 'BROADCAST,LOCAL'])
      .chain((types) => negated(`--dst-type ${types}`))
      .map((text) => `-m addrtype ${text}`),
  },
  { weight: 2, arbitrary: mark.chain((of) => negated(`--mark ${of}/${of}`)).map((text) => `-m mark ${text}`) },
  {
    weight: 3,
    arbitrary: oneOf([
      'hosts src',
      'hosts dst',
      'nets src',
      'nets dst',
      'pairs dst,dst',
      'pairs src,dst',
      'numbers dst',
      'ways src,src',
    ])
      .chain((of) => negated(`--match-set ${of}`))
      .map((text) => `-m set ${text}`),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN',
      '-p tcp -m tcp ! --tcp-flags SYN SYN',
      '-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK',
    ]),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      '-m comment --comment "a rule of ours"',
      '-m iprange --src-range 10.61.0.0-10.61.0.9',
      '-m iprange ! --dst-range 10.62.0.0-10.63.0.9',
      '-m length --length 100:1500',
      '-m pkttype --pkt-type unicast',
      '-m physdev ! --physdev-is-bridged',
      '-f',
      '! -f',
      '-p icmp -m icmp --icmp-type 3/4',
      '-m ttl --ttl-eq 64',
      '-p 17',
      '-m connmark --mark 0x1',
    ]),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      '-m statistic --mode random --probability 0.5',
      '-m statistic --mode nth --every 2 --packet 0',
      '-m limit --limit 1/min --limit-burst 1',
    ]),
  },
);
/** Up to two matches and a device. */
export const matches = (devices: readonly string[]) =>
  fc
    .tuple(
      fc.array(match, { maxLength: 2, size: 'max' }),
      fc.option(
        fc.tuple(oneOf(devices), oneOf(['r0', 'r1', 'r+', 'lo'])).chain(([side, name]) => negated(`${side} ${name}`)),
        { freq: 3, nil: undefined },
      ),
    )
    .map(([all, device]) =>
      [
        ...(device === undefined ? [] : [device]),
        ...all.filter((text, at) => all.findIndex((other) => hasOptionOf(other, text)) === at),
      ].join(' '),
    );

/** An option may stand in a rule once, and a protocol too. */
const optionsIn = (text: string): string[] =>
  (text.match(/--?[a-z-]+/g) ?? []).filter((option) => option !== '-m' && !/^-(m|match)$/.test(option));
const hasOptionOf = (one: string, other: string): boolean => {
  const options = optionsIn(other);
  return optionsIn(one).some((option) => options.includes(option));
};
