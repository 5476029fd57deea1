import { describe, expect, test } from 'vitest';
import { readIpsets } from '../../../../helpers/nodes/facts/ipset.ts';

const of = (...lines: string[]) => readIpsets(lines.join('\n'));

describe('sets as ipset 7.17 saves them', () => {
  test.each([
    [['create a hash:ip family inet hashsize 1024', 'add a 1.2.3.4 timeout 99'], ['ip'], ['1.2.3.4']],
    [
      ['create b hash:ip,port family inet comment', 'add b 1.2.3.4,udp:53 timeout 99 comment "a b"'],
      ['ip', 'proto', 'port'],
      [['1.2.3.4', 'udp', 53]],
    ],
    [['create c hash:net,iface family inet', 'add c 10.0.0.0/8,eth0'], ['net', 'iface'], [['10.0.0.0/8', 'eth0']]],
    [['create d bitmap:port range 0-1024', 'add d 80'], ['port'], ['80']],
    [
      ['create h hash:ip,port,net family inet', 'add h 1.1.1.1,sctp:5,10.0.0.0/8'],
      ['ip', 'proto', 'port', 'net'],
      [['1.1.1.1', 'sctp', 5, '10.0.0.0/8']],
    ],
    [['create f hash:net family inet', 'add f 10.0.0.0/8', 'add f 10.1.0.0/16 nomatch'], ['unknown'], ['10.0.0.0/8']],
  ])('%j are read', (lines, type, values) => {
    const [set] = of(...lines);
    expect(set).toMatchObject({ type, elements: values.map((value) => ({ value })) });
  });

  test('of IPv6 are of that family', () => {
    expect(of('create g hash:ip family inet6', 'add g fd00::1')).toMatchObject([{ family: 'ip6' }]);
  });

  test('that hold sets hold what these hold', () => {
    const [, , both] = of(
      'create a hash:ip family inet',
      'add a 1.2.3.4',
      'create b hash:ip family inet',
      'add b 5.6.7.8',
      'create all list:set size 8',
      'add all a',
      'add all b',
    );
    expect(both).toMatchObject({ type: ['ip'], elements: [{ value: '1.2.3.4' }, { value: '5.6.7.8' }] });
  });

  test('with a line of another kind are refused', () => {
    expect(() => of('swap a b')).toThrow('not a line of ipset');
  });
});
