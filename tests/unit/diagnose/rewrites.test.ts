import { describe, expect, test } from 'vitest';
import { loopbackBinds, serverBlocks } from '../../../helpers/diagnose/evidence/corefile.ts';
import { rewritten } from '../../../helpers/diagnose/evidence/rewrites.ts';

const API = 'api.shop.svc.cluster.local';
const block = (...lines: string[]) => serverBlocks(`.:53 {\n${lines.join('\n')}\n kubernetes cluster.local\n}\n`);

describe('the plugin rewrite takes a name for another', () => {
  test.each([
    ['the whole name, which is the usual', `name ${API} gone.shop.svc.cluster.local`, 'gone.shop.svc.cluster.local'],
    ['the whole name in other case', `name exact API.shop.svc.cluster.local. b.test.`, 'b.test'],
    ['its end', 'name suffix .svc.cluster.local .nowhere.local', 'api.shop.nowhere.local'],
    ['its beginning', 'name prefix api. old-api.', 'old-api.shop.svc.cluster.local'],
    ['a part of it', 'name substring .shop. .sold.', 'api.sold.svc.cluster.local'],
    ['a pattern', 'name regex (.*)\\.shop\\.svc\\.(.*) {1}.sold.svc.{2}', 'api.sold.svc.cluster.local'],
    [
      'a pattern with an answer',
      'stop name regex (.*)\\.shop\\.(.*) {1}.sold.{2} answer auto',
      `api.sold.svc.cluster.local`,
    ],
  ])('by %s', (_, rule, to) => {
    expect(rewritten(block(`rewrite ${rule}`), API)).toEqual({ to, lines: [`rewrite ${rule}`] });
  });

  test('by a rule in a block of its own', () => {
    const lines = ['rewrite stop {', ' name regex (.*)\\.shop\\.(.*) {1}.sold.{2}', ' answer name (.*) {1}', '}'];
    expect(rewritten(block(...lines), API)?.to).toBe('api.sold.svc.cluster.local');
  });

  test('by the first rule that matches, and on by those that say so', () => {
    const stops = block('rewrite name prefix api. a.', 'rewrite name suffix .local .test');
    const goesOn = block('rewrite continue name prefix api. a.', 'rewrite name suffix .local .test');
    expect(rewritten(stops, API)?.to).toBe('a.shop.svc.cluster.local');
    expect(rewritten(goesOn, API)).toEqual({
      to: 'a.shop.svc.cluster.test',
      lines: ['rewrite continue name prefix api. a.', 'rewrite name suffix .local .test'],
    });
  });
});

describe('the plugin rewrite leaves a name alone', () => {
  test.each([
    ['of which it has another', 'rewrite name db.shop.svc.cluster.local gone.test'],
    ['of which it rewrites something else', 'rewrite ttl regex (.*) 5'],
    ['which a pattern misses for its final dot', 'rewrite name regex (.*)\\.local$ {1}.test'],
    ['of which a pattern cannot be told', 'rewrite name regex ([a-z]+)+\\.shop\\..* gone.test'],
    ['which a pattern of Go alone is of', 'rewrite name regex (?i)API\\..* gone.test'],
  ])('%s', (_, line) => {
    expect(rewritten(block(line), API)).toBeUndefined();
  });

  test('that comes to the block of a longer zone', () => {
    const other = serverBlocks(`.:53 {\n rewrite name ${API} gone.test\n}\ncluster.local:53 {\n kubernetes\n}\n`);
    expect(rewritten(other, API)).toBeUndefined();
  });
});

describe('the plugin bind', () => {
  test.each([[['bind 127.0.0.1']], [['bind lo']], [['bind 127.0.0.1 ::1']], [['bind lo', 'bind ::1']]])(
    'keeps a server to the loopback by %j',
    (lines) => {
      expect(loopbackBinds(block(...lines), API)).toEqual(lines);
    },
  );

  test.each([
    [['bind 0.0.0.0']],
    [['bind 169.254.20.10 10.43.0.10']],
    [['bind 127.0.0.1 10.42.1.5']],
    [['bind lo', 'bind eth0']],
    [['bind {$POD_IP}']],
    [['errors']],
  ])('does not by %j', (lines) => {
    expect(loopbackBinds(block(...lines), API)).toEqual([]);
  });

  test('counts for the server that answers for the name', () => {
    const blocks = serverBlocks('.:53 {\n kubernetes cluster.local\n}\ncorp.test:53 {\n bind 127.0.0.1\n}\n');
    expect(loopbackBinds(blocks, API)).toEqual([]);
    expect(loopbackBinds(blocks, 'a.corp.test')).toEqual(['bind 127.0.0.1']);
  });
});
