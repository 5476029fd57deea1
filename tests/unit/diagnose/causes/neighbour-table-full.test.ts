import { expect, test } from 'vitest';
import { complaintAgeS } from '../../../../helpers/diagnose/catalogue/node/neighbour-table-full.ts';
import { CLUSTER, fact, failing, found, podToPod } from '../../../support/cluster.ts';

const CODE = 'neighbour-table-full';
const failure = podToPod('a', 'b', failing('timeout'));
const rise = (times: number) => fact('counters-rise', { neighbours: { arp_cache: { table_fulls: times } } }, 'a');
const log = (...lines: string[]) => fact('ssh/dmesg-network', lines.join('\n'), 'a');
const OVERFLOW = '[47597.134336] neighbour: arp_cache: neighbor table overflow!';

test('a table of neighbours that turned some away in the run is proved where probes of its node fail', () => {
  expect(found(CODE, CLUSTER, failure, rise(12))).toEqual(['proved at a']);
});

test('a table of neighbours that turned none away is not blamed, whatever the kernel wrote before', () => {
  expect(found(CODE, CLUSTER, failure, rise(0), log('uptime 47600.1', OVERFLOW))).toEqual([]);
});

test('a table of neighbours that overflows is no finding while nothing fails', () => {
  expect(found(CODE, CLUSTER, podToPod('a', 'b'), rise(12))).toEqual([]);
});

test('an overflow in the log of the last two minutes is a candidate where the counters are not to be read', () => {
  expect(found(CODE, CLUSTER, failure, log('uptime 47700.5', OVERFLOW))).toEqual(['candidate at a']);
});

test('an overflow of longer ago is none', () => {
  expect(found(CODE, CLUSTER, failure, log('uptime 47800.5', OVERFLOW))).toEqual([]);
});

test('a refused connection does not come of a full table of neighbours', () => {
  expect(found(CODE, CLUSTER, podToPod('a', 'b', failing('refused')), rise(12))).toEqual([]);
});

const AT_10 = '[   10.5] neighbour: arp_cache: neighbor table overflow!';
const AT_90 = '[   90.0] neighbour: ndisc_cache: neighbor table overflow!';

test.each([
  ['the last complaint counts', `uptime 100.0\n${AT_10}\n${AT_90}`, 10],
  ['one without times tells nothing', 'uptime 100.0\nneighbour: arp_cache: neighbor table overflow!', undefined],
  ['one without the complaint tells nothing', 'uptime 100.0\n[ 50.0] eth0: link is down', undefined],
])('of the kernel log: %s', (_, text, age) => {
  expect(complaintAgeS(text)).toBe(age);
});
