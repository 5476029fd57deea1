import { expect, test } from 'vitest';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing, fact, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'cluster-dns-mismatch';
const NODE_LOCAL = 'node-local-dns-down';
const TOLD = '10.43.0.10';

const dns = serviceFact(['a'], {
  namespace: 'kube-system',
  name: 'kube-dns',
  clusterIp: '10.43.0.53',
  clusterIps: ['10.43.0.53'],
});
const dnsService = { ...dns, value: { ...(dns.value as FactValue<'service'>), dns: true } } as typeof dns;
const read = fact('cluster', { name: 'test', serverVersion: 'v1.34.4', distribution: 'k3s' });
const told = (node: string, ...nameservers: string[]) =>
  fact('pod-resolv', { nameservers, search: ['svc.cluster.local'], options: ['ndots:5'] }, node);
const short = (node: string) =>
  probeOf('resolve', { source: at('pod', node), destination: { name: 'kube-dns' }, ...failing('timeout') });
const byService = (node: string) =>
  probeOf('dns', { source: at('pod', node), destination: { ip: '10.43.0.53', port: 53 } });
const owner = (more: Partial<FactValue<'dns-address'>> = {}) =>
  fact('dns-address', { address: TOLD, caches: [], ...more });
const links = (node: string, address: string) =>
  fact('links', [{ name: 'nodelocaldns', kind: 'dummy', addresses: [address] }], node);

const moved = [read, ...CLUSTER, dnsService, told('b', TOLD), short('b'), byService('b')];

test('pods that are told an address of no Service are proved to be told a wrong one', () => {
  expect(found(CODE, moved, owner())).toEqual(['proved at b']);
  expect(found(NODE_LOCAL, moved, owner())).toEqual([]);
});

test('the title names the address that pods are told and the DNS Service’s', () => {
  expect(diagnosed(moved, owner()).map(({ title }) => title)).toEqual([
    'pods are told 10.43.0.10 as resolver, the DNS Service is 10.43.0.53: b',
  ]);
});

test('an address that another Service has taken is named with that Service, where there is no DNS Service', () => {
  const taken = [read, ...CLUSTER, told('b', TOLD), short('b')];
  const service = { namespace: 'shop', name: 'taken', ports: [80] };
  const [finding] = diagnosed(taken, owner({ service }));
  expect(finding).toMatchObject({ code: CODE, confidence: 'proved' });
  expect(finding?.evidence.map(({ text }) => text)).toContain(
    '10.43.0.10 is the address of shop/taken, which has no port 53',
  );
});

test('an address of a Service with port 53 is another DNS Service, and not a wrong address', () => {
  const service = { namespace: 'shop', name: 'dns', ports: [53] };
  expect(found(CODE, moved, owner({ service }))).toEqual([]);
});

test('a wrong address stays possible, as a node-local cache does, until it was read whose it is', () => {
  expect(found(CODE, moved)).toEqual(['candidate at b']);
  expect(found(NODE_LOCAL, moved)).toEqual(['candidate at b']);
});

test('an address that the node itself has is a node-local cache’s, and proved to be down', () => {
  const local = [read, ...CLUSTER, dnsService, told('b', '169.254.20.10'), short('b'), byService('b')];
  const device = links('b', '169.254.20.10/32');
  expect(found(NODE_LOCAL, local, device)).toEqual(['proved at b']);
  expect(found(CODE, local, device)).toEqual([]);
});

test('a node-local cache of which there are pods is proved to be down, where its device is gone too', () => {
  const local = [read, ...CLUSTER, dnsService, told('b', '169.254.20.10'), short('b'), byService('b')];
  const caches = [{ pod: 'node-local-dns-x', node: 'b', ready: false }];
  expect(found(NODE_LOCAL, local, owner({ address: '169.254.20.10', caches }))).toEqual(['proved at b']);
});

test('an address of a cache’s own range is a wrong one where no cache is anywhere', () => {
  const local = [read, ...CLUSTER, dnsService, told('b', '169.254.20.10'), short('b'), byService('b')];
  expect(found(CODE, local, owner({ address: '169.254.20.10' }))).toEqual(['proved at b']);
});

test('pods that get names by another resolver are not told a wrong one', () => {
  const fine = probeOf('resolve', { source: at('pod', 'b'), destination: { name: 'kube-dns' } });
  expect(found(CODE, read, CLUSTER, dnsService, told('b', TOLD), fine, byService('b'), owner())).toEqual([]);
});
