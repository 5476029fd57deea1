import { describe, expect, test } from 'vitest';
import {
  blocksOf,
  isInZones,
  keepingHosts,
  kubernetesZones,
  serverBlocks,
} from '../../../helpers/diagnose/evidence/corefile.ts';

/** K3s' own, shortened. */
const K3S = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa { # the cluster
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
      ttl 60
      fallthrough
    }
    forward . /etc/resolv.conf
}
corp.test:5353 tls://other.test {
    forward . 10.0.0.4
}
`;

const hosts = (lines: string): string => `.:53 {\n hosts${lines}\n kubernetes cluster.local\n}\n`;

test('a Corefile is read as server blocks with their plugins, arguments and options', () => {
  const [root, corp] = serverBlocks(K3S);
  expect(root?.zones).toEqual(['']);
  expect(root?.plugins.map(({ name }) => name)).toEqual(['errors', 'kubernetes', 'hosts', 'forward']);
  expect(root?.plugins[1]?.options).toEqual([
    ['pods', 'insecure'],
    ['fallthrough', 'in-addr.arpa', 'ip6.arpa'],
  ]);
  expect(corp?.zones).toEqual(['corp.test', 'other.test']);
});

test('the zones of the plugin kubernetes are its own, else its server block’s', () => {
  expect(kubernetesZones(serverBlocks(K3S))).toEqual(['cluster.local', 'in-addr.arpa', 'ip6.arpa']);
  expect(kubernetesZones(serverBlocks('corp.test:53 {\n kubernetes\n}'))).toEqual(['corp.test']);
});

test('zones that the text does not hold are not guessed', () => {
  expect(kubernetesZones(serverBlocks('.:53 {\n import custom/*.override\n}'))).toBeUndefined();
  expect(kubernetesZones(serverBlocks('.:53 {\n kubernetes {$DOMAIN}\n}'))).toBeUndefined();
});

test('a name is in a zone, in what is above it and in the root, and not in a zone that only ends alike', () => {
  expect(['corp.test', 'test', '.', 'corp.test.'].map((zone) => isInZones('k8s.corp.test', [zone]))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(isInZones('mycorp.test', ['corp.test'])).toBe(false);
});

test('what K3s imports is read into the block of the root, or as blocks beside it', () => {
  const blocks = blocksOf({
    'coredns/Corefile': '.:53 {\n import custom/*.override\n}\n',
    'coredns/NodeHosts': '10.0.0.1 a',
    'coredns-custom/own.override': 'hosts {\n 203.0.113.7 db.corp.test\n}',
    'coredns-custom/own.server': 'corp.test:53 {\n forward . 10.0.0.4\n}',
  });
  expect(blocks.map(({ zones, plugins }) => [zones, plugins.map(({ name }) => name)])).toEqual([
    [[''], ['import']],
    [[''], ['hosts']],
    [['corp.test'], ['forward']],
  ]);
});

describe('the plugin hosts', () => {
  test.each([
    ['without fallthrough', ' {\n 203.0.113.7 db.corp.test\n }'],
    ['that hands on other zones only', ' {\n 203.0.113.7 db.corp.test\n fallthrough in-addr.arpa\n }'],
  ])('%s keeps names of the cluster', (_, lines) => {
    expect(keepingHosts(serverBlocks(hosts(lines)), 'cluster.local')?.name).toBe('hosts');
  });

  test.each([
    ['that hands on', ' {\n 203.0.113.7 db.corp.test\n fallthrough\n }'],
    ['for zones of its own', ' /etc/hosts corp.test {\n 203.0.113.7 db.corp.test\n }'],
  ])('%s keeps none', (_, lines) => {
    expect(keepingHosts(serverBlocks(hosts(lines)), 'cluster.local')).toBeUndefined();
  });
});
